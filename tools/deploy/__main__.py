"""Command line: python -m tools.deploy --database-url URL [--root DIR] [--only-load] [--check]."""

import argparse
import os
import sys
from pathlib import Path

from tools.deploy.deployment import ROOT, run
from tools.deploy.errors import DeployError


def main() -> int:
    """Deploy, print what was done; 1 when it failed or when --check found something to do."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument(
        "--database-url",
        default=os.environ.get("DATABASE_URL"),
        help="superuser, or member of role deploy (default: $DATABASE_URL)",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of sql/ and migrations/")
    parser.add_argument(
        "--only-load", action="store_true", help="neither prepare the database nor migrate it"
    )
    parser.add_argument("--check", action="store_true", help="change nothing, say what is to do")
    options = parser.parse_args()
    if not options.database_url:
        parser.error("--database-url is missing and DATABASE_URL is not set")
    try:
        report = run(
            options.database_url, options.root, only_load=options.only_load, check=options.check
        )
    except DeployError as error:
        print(f"deploy: {error}", file=sys.stderr)
        return 1
    print(report)
    return 1 if options.check and report.changed else 0


if __name__ == "__main__":
    sys.exit(main())
