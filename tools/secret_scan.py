"""Look for secrets in whatever is, or is about to be, in the repository: `python -m tools.secret_scan`.

By detect-secrets, without asking anybody whether one still opens something. Says file, line and kind
of each and never the secret itself; ends with 1 when there is one. What only looks like one is
marked where it stands: `pragma: allowlist secret` in a comment of its line.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[1]

# Passwords that tests and examples make up are words, and are called what they are.
_EXAMPLES = re.compile(r"(^|/)tests/|\.md$")
_BY_NAME = ("Secret Keyword", "Basic Auth Credentials")  # pragma: allowlist secret
_HEURISTICS = (
    "is_indirect_reference", "is_likely_id_string", "is_lock_file", "is_not_alphanumeric_string",
    "is_potential_uuid", "is_prefixed_with_dollar_sign", "is_sequential_string",
    "is_templated_secret",
)


class ProviderKeyDetector(RegexBasedDetector):
    """Finds the keys of those that Callboard talks to: the card gateway's, Resend's, Svix's."""

    secret_type = "Provider Key"  # pragma: allowlist secret
    denylist = (
        re.compile(r"\b(?:sk|pk)_[A-Za-z0-9]{16,}"),
        re.compile(r"\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}"),
        re.compile(r"\bwhsec_[A-Za-z0-9+/]{20,}"),
    )


def is_made_up(filename: str, secret: str, plugin: object) -> bool:
    """Return whether a finding by its name alone is one of a test's or an example's.

    It is called for filters of secrets only if it takes one.
    """
    return getattr(plugin, "secret_type", "") in _BY_NAME and bool(_EXAMPLES.search(filename))


_SETTINGS = {
    "plugins_used": [
        {"name": "AWSKeyDetector"},
        {"name": "AzureStorageKeyDetector"},
        {"name": "Base64HighEntropyString", "limit": 4.5},
        {"name": "BasicAuthDetector"},
        {"name": "GitHubTokenDetector"},
        {"name": "GitLabTokenDetector"},
        {"name": "HexHighEntropyString", "limit": 3.0},
        {"name": "JwtTokenDetector"},
        {"name": "KeywordDetector"},
        {"name": "NpmDetector"},
        {"name": "PrivateKeyDetector"},
        {"name": "ProviderKeyDetector", "path": f"file://{__file__}"},
        {"name": "PypiTokenDetector"},
        {"name": "SendGridDetector"},
        {"name": "SlackDetector"},
        {"name": "StripeDetector"},
        {"name": "TwilioKeyDetector"},
    ],
    "filters_used": [
        {"path": "detect_secrets.filters.allowlist.is_line_allowlisted"},
        *({"path": f"detect_secrets.filters.heuristic.{name}"} for name in _HEURISTICS),
        {"path": f"file://{__file__}::is_made_up"},
    ],
}


def repository_files(root: Path) -> list[str]:
    """Return the files that git knows or would add, relative to the folder.

    Errors: subprocess.CalledProcessError when it is none of a repository.
    """
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return sorted(name for name in listed.split("\0") if (root / name).is_file())


def findings(root: Path, names: Iterable[str]) -> list[str]:
    """Return what looks like a secret in these files, as `file:line: kind`."""
    found = SecretsCollection(root=str(root))
    with transient_settings(_SETTINGS):
        # One by one: the library's own processes are forked, and of a process with threads, as one
        # that runs tests is, such a fork may wait for ever.
        for name in names:
            found.scan_file(name)
    return sorted(
        {f"{name}:{secret.line_number}: {secret.type}" for name, secret in found}
    )


def main() -> int:
    """Scan the repository; return the exit code."""
    names = repository_files(ROOT)
    found = findings(ROOT, names)
    for each in found:
        print(each, file=sys.stderr)
    print(f"secret scan: {len(names)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
