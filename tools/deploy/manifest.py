"""sql/manifest.txt: the explicit, ordered list of table files and replaceable files."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tools.deploy.bootstrap import CLUSTER, DATABASE, read_source
from tools.deploy.errors import DeployError

MANIFEST = "sql/manifest.txt"
SCHEMAS = (
    "studio", "identity", "catalog", "pricing", "enrollment", "payment", "messaging",
    "membership", "booking", "ops", "auth", "api", "report",
)  # fmt: skip
# Nothing but views is in these; a domain's schema may have one among its tables.
VIEW_SCHEMAS = {"api", "report"}
VIEW = re.compile(r"create (or replace )?view ")
KIND_OF_FOLDER = {"functions": "function", "triggers": "trigger", "policies": "policies"}
NESTED = re.compile(r"sql/(functions|triggers|policies|schema)/([a-z_]+)/([a-z0-9_]+)\.sql")
JOB = re.compile(r"sql/cron/([a-z0-9_]+)\.sql")


@dataclass(frozen=True)
class SourceFile:
    """A file of the manifest.

    path: relative to the root. kind: table, view, function, trigger, policies or job.
    name: of its object: schema.name (the trigger's function, the policies' table), or the job's.
    """

    path: str
    kind: str
    name: str
    text: str

    @property
    def key(self) -> tuple[str, str]:
        """What the file makes, as the catalog's snapshot knows it."""
        return self.kind, self.name

    @property
    def is_table(self) -> bool:
        """Tables change by migration: their files are read, recorded and never run by a load."""
        return self.kind == "table"

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_manifest(root: Path) -> list[SourceFile]:
    """The files of the manifest in order, each with its text.

    Errors: a line that names no file or none of a known kind, a file named twice, two files for
    one object, a file under sql/ that the manifest leaves out.
    """
    files: list[SourceFile] = []
    paths: set[str] = set()
    makers: dict[tuple[str, str], str] = {}
    for number, line in enumerate(read_source(root, MANIFEST).splitlines(), start=1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        place = f"{MANIFEST}:{number}"
        path = f"sql/{entry}"
        if path in paths:
            raise DeployError(f"{place}: {entry} is listed twice")
        paths.add(path)
        kind, name = _classify(place, path)
        text = read_source(root, path)
        if kind == "table" and VIEW.match(text):
            kind = "view"
        file = SourceFile(path, kind, name, text)
        # A trigger's file makes a function as well.
        made = ("function", name) if kind == "trigger" else file.key
        if made in makers:
            raise DeployError(f"{place}: {makers[made]} makes {name} already")
        makers[made] = entry
        files.append(file)
    tree = {p.relative_to(root).as_posix() for p in (root / "sql").rglob("*.sql")}
    forgotten = sorted(tree - paths - {CLUSTER, DATABASE})
    if forgotten:
        raise DeployError(f"{MANIFEST}: does not list {', '.join(forgotten)}")
    return files


def _classify(place: str, path: str) -> tuple[str, str]:
    if job := JOB.fullmatch(path):
        return "job", job[1]
    match = NESTED.fullmatch(path)
    if match is None:
        raise DeployError(f"{place}: {path} is of no known kind")
    folder, schema, name = match.groups()
    if schema not in SCHEMAS:
        raise DeployError(f"{place}: {schema} is none of our schemas")
    kind = KIND_OF_FOLDER.get(folder)
    if kind is None:
        kind = "view" if schema in VIEW_SCHEMAS else "table"
    return kind, f"{schema}.{name}"
