"""ops.applied_sources: which version of which file was live from when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import psycopg

TABLE = "ops.applied_sources"

LIVE = """
select s.path, s.checksum, s.definition_hash
from ops.applied_sources as s
where s.superseded_at is null and starts_with(s.path, %(prefix)s)
"""

# A clock that was set back must not make a row end before it began.
SUPERSEDE = """
update ops.applied_sources as s
set superseded_at = greatest(now(), s.applied_at)
where s.path = any(%(paths)s) and s.superseded_at is null
"""

RECORD = """
insert into ops.applied_sources (path, checksum, definition_hash)
values (%(path)s, %(checksum)s, %(definition_hash)s)
"""


@dataclass(frozen=True)
class Source:
    """One version of a file.

    checksum: SHA-256 of its text, in hex. definition_hash: SHA-256 of what the catalog said about
    its object when it was applied; empty for files that are not replaceable.
    """

    checksum: str
    definition_hash: str


def is_there(conn: psycopg.Connection) -> bool:
    """Whether the table exists yet."""
    row = conn.execute("select to_regclass(%s) is not null", (TABLE,)).fetchone()
    return row is not None and row[0]


def live(conn: psycopg.Connection, prefix: str) -> dict[str, Source]:
    """The live version of each recorded file whose path begins with `prefix`."""
    rows = conn.execute(LIVE, {"prefix": prefix})
    return {path: Source(checksum, definition_hash) for path, checksum, definition_hash in rows}


def record(conn: psycopg.Connection, sources: Mapping[str, Source]) -> None:
    """Make these the live versions of their paths, as of this transaction."""
    supersede(conn, sources.keys())
    with conn.cursor() as cursor:
        cursor.executemany(
            RECORD,
            [
                {"path": path, "checksum": s.checksum, "definition_hash": s.definition_hash}
                for path, s in sources.items()
            ],
        )


def supersede(conn: psycopg.Connection, paths: Collection[str]) -> None:
    """End the live versions of these paths, as of this transaction."""
    if paths:
        conn.execute(SUPERSEDE, {"paths": list(paths)})
