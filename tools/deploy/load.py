"""Reapply functions, views, triggers, policies and jobs from their files, in one transaction.

A file is run when it changed, or when its object is missing or is no longer what the file made;
an object without a file is dropped. Tables and what belongs to them must come out unchanged.
"""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tools.deploy import applied, catalog
from tools.deploy.connections import connect_as_deploy
from tools.deploy.errors import DeployError, describe, in_file
from tools.deploy.manifest import MANIFEST, SourceFile, read_manifest

# Dropping one object can take others along, whose files are then run in the next pass.
PASSES = 5

# `create or replace` cannot do it: another result type, other argument names, another kind.
NOT_REPLACEABLE = (
    psycopg.errors.InvalidFunctionDefinition,
    psycopg.errors.WrongObjectType,
)


@dataclass
class LoadReport:
    """What a load did. Paths are relative to the root.

    applied: files that were run. recorded: table files whose new version was noted.
    dropped: objects without a file. removed: recorded files that are gone. notes: what to know.
    """

    applied: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return bool(self.applied or self.recorded or self.dropped or self.removed)


def load(database_url: str, root: Path, lock_timeout: float, check: bool = False) -> LoadReport:
    """Load the files into the database, all or nothing; a load with nothing to do writes nothing.

    lock_timeout: seconds to wait for somebody who uses an object that is to be replaced.
    check: only say what would be done first (objects lost by a cascade are not foreseen).
    Errors: a DeployError that names file and line; the database is then as before.
    """
    files = read_manifest(root)
    with connect_as_deploy(database_url, lock_timeout) as conn:
        if not applied.is_there(conn):
            raise DeployError(f"{applied.TABLE} does not exist: apply the migrations first")
        work = _Load(conn, files)
        if work.report.changed and not check:
            try:
                work.carry_out()
            except psycopg.errors.LockNotAvailable as error:
                raise DeployError(
                    f"somebody is using what has to be replaced, waited {lock_timeout:g} s; "
                    f"nothing was changed, try again ({describe(error)})"
                ) from error
        return work.report


class _Load:
    """One load: what there is to do, found on creation, and how it is done."""

    def __init__(self, conn: psycopg.Connection, files: list[SourceFile]) -> None:
        self.conn = conn
        self.report = LoadReport()
        self.kinds = list(catalog.QUERIES)
        self.skipped: set[str] = set()
        self.cascades: list[str] = []
        self.dirty: set[str] = set()
        if not catalog.has_cron(conn):
            self._skip_jobs(files)
        self.tables = [f for f in files if f.is_table]
        self.files = [f for f in files if not f.is_table and f.path not in self.skipped]
        self.by_key = {f.key: f for f in self.files}
        # A trigger's function has no entry of its own in the manifest.
        self.by_key |= {("function", f.name): f for f in self.files if f.kind == "trigger"}
        self.recorded = applied.live(conn, "sql/")
        now = self._snapshot()
        self.strays = now.strays(self.files)
        self.report.dropped = [f"{kind} {name}" for kind, name in self.strays]
        self.report.applied = [f.path for f in self.files if self._is_stale(f, now)]
        self.report.recorded = [f.path for f in self.tables if self._is_new_version(f)]
        self.report.removed = sorted(self.recorded.keys() - {f.path for f in files})

    def _skip_jobs(self, files: list[SourceFile]) -> None:
        self.kinds.remove("job")
        self.skipped = {f.path for f in files if f.kind == "job"}
        if self.skipped:
            self.report.notes.append(
                f"{len(self.skipped)} cron files skipped: "
                f"pg_cron is not in database {self.conn.info.dbname}"
            )

    def _snapshot(self) -> catalog.Snapshot:
        return catalog.snapshot(self.conn, self.kinds)

    def _is_new_version(self, file: SourceFile) -> bool:
        source = self.recorded.get(file.path)
        return source is None or source.checksum != file.checksum

    def _is_stale(self, file: SourceFile, now: catalog.Snapshot) -> bool:
        if self._is_new_version(file):
            return True
        return now.hash_of(file) != self.recorded[file.path].definition_hash

    def carry_out(self) -> None:
        """Do it, check that nothing else changed, record it and tell PostgREST."""
        kept_before = catalog.kept(self.conn)
        for (kind, _), stray in self.strays.items():
            self._drop(kind, stray)
        done = self._run_files()
        self._check_kept(kept_before)
        now = self._snapshot()
        self._check_outcome(now, done)
        self._record(now, done)
        self.conn.execute("notify pgrst, 'reload schema'")

    def _run_files(self) -> set[str]:
        """Run stale files in the manifest's order until none is left; the paths that were run."""
        done: set[str] = set()
        now = self._snapshot()
        self.dirty = {f.path for f in self.files if self._is_stale(f, now)}
        for _ in range(PASSES):
            for file in self.files:
                if file.path in self.dirty:
                    self.dirty.discard(file.path)
                    self._apply_or_explain(file)
                    done.add(file.path)
            if not self.dirty:
                break
        else:
            raise DeployError(
                f"{MANIFEST}: after {PASSES} passes objects still take each other along: "
                + ", ".join(sorted(self.dirty))
            )
        self.report.applied = [f.path for f in self.files if f.path in done]
        return done

    def _apply_or_explain(self, file: SourceFile) -> None:
        try:
            self._apply(file)
        except psycopg.errors.LockNotAvailable:
            raise  # the fault of somebody else, not of the file
        except psycopg.Error as error:
            raise in_file(file.path, file.text, error) from error

    def _apply(self, file: SourceFile) -> None:
        self._clear(file)
        if file.kind not in {"function", "trigger"}:
            self._run(file)
            return
        before = catalog.routines(self.conn, file.name)
        try:
            with self.conn.transaction():
                self._run(file)
        except NOT_REPLACEABLE:
            if not before:
                raise
            for _, drop in before.values():
                self._drop_cascading(drop, file)
            before = {}
            self._run(file)
        self._drop_stale_overloads(file, before)

    def _run(self, file: SourceFile) -> None:
        """Send a file as it is, then undo what it set for itself."""
        before = self._transaction_id()
        self.conn.execute(file.text.encode())
        self.conn.execute("reset role")
        self.conn.execute("reset all")
        if self._transaction_id() != before:
            raise DeployError(
                f"{file.path}: ends the transaction of the load; what was loaded before is kept"
            )

    def _transaction_id(self) -> object:
        return self.conn.execute("select pg_current_xact_id()").fetchone()

    def _clear(self, file: SourceFile) -> None:
        """Take away what an earlier version of the file gave, so that the file says it all."""
        if file.kind == "job":
            return  # scheduling a job of a known name replaces it
        kinds = ["trigger", "function"] if file.kind == "trigger" else [file.kind]
        for (kind, _), entry in catalog.snapshot(self.conn, kinds, [file.name]).entries.items():
            if entry.clear:
                self._execute(entry.clear)
            else:
                self._drop(kind, entry, own=file)

    def _drop(self, kind: str, entry: catalog.Entry, own: SourceFile | None = None) -> None:
        if kind in {"function", "view"}:
            for statement in entry.drop:
                self._drop_cascading(statement, own)
        else:
            self._execute(entry.drop)

    def _execute(self, statements: list[str]) -> None:
        for statement in statements:
            self.conn.execute(statement.encode())

    def _drop_stale_overloads(self, file: SourceFile, before: dict[str, tuple[str, str]]) -> None:
        """Drop the routines of this name that the file did not write: its former signatures."""
        after = catalog.routines(self.conn, file.name)
        written = {s for s, (version, _) in after.items() if before.get(s, ("", ""))[0] != version}
        if not written:
            raise DeployError(f"{file.path}: does not create function {file.name}")
        if len(written) > 1:
            raise DeployError(f"{file.path}: creates overloads: {', '.join(sorted(written))}")
        for signature, (_, drop) in after.items():
            if signature not in written:
                self._drop_cascading(drop, file)

    def _drop_cascading(self, statement: str, own: SourceFile | None) -> None:
        """Drop an object with what depends on it, and mark the files of what went along.

        own: the file being applied, if any, which is about to make the object again.
        """
        self.cascades.append(f"{statement} cascade")
        before = self._snapshot()
        self.conn.execute(self.cascades[-1].encode())
        after = self._snapshot()
        for key, entry in before.entries.items():
            file = self.by_key.get(key)
            lost = key not in after.entries or after.entries[key].hash != entry.hash
            if file is not None and file is not own and lost:
                self.dirty.add(file.path)

    def _check_kept(self, before: set[str]) -> None:
        after = catalog.kept(self.conn)
        if after == before:
            return
        lines = [f"  - {line}" for line in sorted(before - after)]
        lines += [f"  + {line}" for line in sorted(after - before)]
        lines += [f"  after: {statement}" for statement in self.cascades]
        raise DeployError(
            "the load would change what only migrations may change:\n" + "\n".join(lines)
        )

    def _check_outcome(self, now: catalog.Snapshot, done: set[str]) -> None:
        for file in self.files:
            found = now.hash_of(file)
            if found is None:
                raise DeployError(f"{file.path}: does not make {file.kind} {file.name}")
            if file.path not in done and found != self.recorded[file.path].definition_hash:
                raise DeployError(f"{file.path}: its object was changed by another file")
        strays = now.strays(self.files)
        if strays:
            raise DeployError(
                "made by a file of another name: "
                + ", ".join(f"{kind} {name}" for kind, name in strays)
            )

    def _record(self, now: catalog.Snapshot, done: set[str]) -> None:
        live = {
            f.path: applied.Source(f.checksum, str(now.hash_of(f)))
            for f in self.files
            if f.path in done
        }
        live |= {
            f.path: applied.Source(f.checksum, "")
            for f in self.tables
            if f.path in self.report.recorded
        }
        applied.supersede(self.conn, self.report.removed)
        applied.record(self.conn, live)
