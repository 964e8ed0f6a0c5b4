"""Bring a database to the state that the files describe: bootstrap, migrate, load.

`run()` is the whole deployment; `python -m tools.deploy` is its command line.
"""

from tools.deploy.deployment import Report, run
from tools.deploy.errors import DeployError
from tools.deploy.sources import build_from_sources, catalog_dump

__all__ = ["DeployError", "Report", "build_from_sources", "catalog_dump", "run"]
