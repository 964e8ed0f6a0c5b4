"""The scan for secrets: what it finds, what it lets pass, and that it runs wherever checks do."""

from __future__ import annotations

import base64
import secrets
import string
import subprocess
from pathlib import Path

import pytest

from tools.secret_scan import ROOT, findings, repository_files


def scan(folder: Path, **files: str) -> list[str]:
    """Return what is found in these files, each named by its words with a dot for the last."""
    names = []
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        names.append(str(path.relative_to(folder)))
    return findings(folder, names)


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Return a key as a provider makes them; made here, so that none stands in this file."""
    return "".join(secrets.choice(alphabet) for _ in range(count))


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("Provider Key", lambda: "sk_" + letters(24)),
        ("Provider Key", lambda: "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()),
        ("Provider Key", lambda: f"re_{letters(8)}_{letters(24)}"),
        ("Twilio API Key", lambda: "AC" + secrets.token_hex(16)),
        ("Stripe Access Key", lambda: "sk_live_" + letters(24)),
        ("GitHub Token", lambda: "ghp_" + letters(36)),
        ("AWS Access Key", lambda: "AKIA" + letters(16, string.ascii_uppercase)),
        ("Base64 High Entropy String", lambda: base64.b64encode(secrets.token_bytes(48)).decode()),
        ("Hex High Entropy String", lambda: secrets.token_hex(32)),
        (
            "JSON Web Token",
            lambda: ".".join(
                base64.urlsafe_b64encode(part).rstrip(b"=").decode()
                for part in (b'{"alg":"HS256"}', b'{"sub":"1"}', secrets.token_bytes(32))
            ),
        ),
    ],
)
@pytest.mark.parametrize("where", ["thin_api__new_dot_py", "tests__py__new_dot_py", "notes_dot_md"])
def test_a_key_is_found_wherever_it_stands(tmp_path: Path, kind: str, secret: object, where: str) \
        -> None:
    text = f'one\ntwo = "{secret()}"\n'  # type: ignore[operator]
    found = scan(tmp_path, **{where: text, "empty_dot_py": "\n"})
    name = where.replace("__", "/").replace("_dot_", ".")
    assert f"{name}:2: {kind}" in found
    # The place and the kind, and not what stands there.
    assert not any(word in line for line in found for word in text.split('"')[1:2])


def test_a_private_key_is_found(tmp_path: Path) -> None:
    text = f"-----BEGIN {'PRIVATE'} KEY-----\n"
    assert scan(tmp_path, key_dot_pem=text, empty_dot_py="") == ["key.pem:1: Private Key"]


def test_a_password_is_found_by_its_name_but_not_in_tests(tmp_path: Path) -> None:
    text = f'password = "{letters(10)}"\n'  # pragma: allowlist secret
    found = scan(tmp_path, a_dot_py=text, sql__a_dot_sql=text, tests__a_dot_py=text, a_dot_md=text)
    assert found == ["a.py:1: Secret Keyword", "sql/a.sql:1: Secret Keyword"]


def test_a_password_in_an_address_is_found(tmp_path: Path) -> None:
    text = f'url = "postgresql://thin_api:{letters(12)}@db.example/callboard"\n'
    found = scan(tmp_path, a_dot_py=text, empty_dot_py="")
    assert found == ["a.py:1: Basic Auth Credentials"]


def test_what_is_marked_where_it_stands_passes(tmp_path: Path) -> None:
    text = f'key = "sk_{letters(24)}"  # pragma: allowlist {"secret"}\n'
    assert scan(tmp_path, a_dot_py=text, empty_dot_py="") == []


def test_what_is_not_committed_yet_is_looked_at_too(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "--quiet"), cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text(".local/\n")
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "secrets.json").write_text("{}")
    (tmp_path / "known.py").write_text("")
    (tmp_path / "new.py").write_text("")
    subprocess.run(("git", "add", "known.py"), cwd=tmp_path, check=True)
    assert repository_files(tmp_path) == [".gitignore", "known.py", "new.py"]


def test_every_lint_scans_for_secrets() -> None:
    """`make lint`, which `make test` and so every build begins with."""
    makefile = (ROOT / "Makefile").read_text()
    assert "\n\t$(PYTHON) -m tools.secret_scan\n" in makefile.partition("\nlint: ")[2].split("\n\n")[0]
    assert "\ntest: setup lint " in makefile
