"""The state of the sandbox: one SQLite file, one connection, one lock.

Everything runs through `Store.transaction()`, one caller at a time. That is slow and simple, and
makes every operation all or nothing; no network call is made while the lock is held.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

SCHEMA = """
create table if not exists settings (
    name text primary key,
    value text not null
);
create table if not exists resources (
    seq integer primary key autoincrement,
    kind text not null,
    id text not null unique,
    merchant text not null,
    body text not null
);
create index if not exists resources_kind_merchant_seq_idx on resources (kind, merchant, seq);
create index if not exists resources_custom_reference_idx
on resources (kind, merchant, json_extract(body, '$.customReference'));
create index if not exists resources_order_reference_idx
on resources (kind, merchant, json_extract(body, '$.orderReference'));
create index if not exists resources_due_idx
on resources (json_extract(body, '$._due_at'))
where json_extract(body, '$._due_at') is not null;
create table if not exists deliveries (
    id integer primary key autoincrement,
    notification text not null,
    merchant text not null,
    state text not null
    check (state in ('waiting', 'acknowledged', 'failed', 'held', 'dropped')),
    due_at text not null,
    rank integer not null,
    tries integer not null default 0,
    by_hand integer not null default 0,
    attempts text not null default '[]'
);
create index if not exists deliveries_state_due_idx on deliveries (state, due_at, rank);
create table if not exists webhooks (
    merchant text primary key,
    off_since text not null
);
create table if not exists requests (
    id integer primary key autoincrement,
    at text not null,
    merchant text,
    method text not null,
    path text not null,
    body text,
    status integer,
    fault text
);
create table if not exists messages (
    id text primary key,
    seq integer not null unique,
    kind text not null check (kind in ('email', 'sms')),
    received_at text not null,
    recipients text not null,
    body text not null
);
create table if not exists callbacks (
    id integer primary key autoincrement,
    provider text not null check (provider in ('twilio', 'resend')),
    kind text not null,
    message text not null,
    key text not null,
    url text not null,
    content text not null,
    state text not null check (state in ('waiting', 'acknowledged', 'failed', 'dropped')),
    due_at text not null,
    rank integer not null,
    tries integer not null default 0,
    attempts text not null default '[]'
);
create index if not exists callbacks_state_due_idx on callbacks (state, due_at, rank);
create index if not exists callbacks_message_idx on callbacks (message);
create table if not exists opt_outs (
    recipient text not null,
    sender text not null,
    primary key (recipient, sender)
);
create table if not exists idempotency_keys (
    key text primary key,
    fingerprint text not null,
    message text not null,
    created_at text not null
);
"""

# What `reset` empties. The settings go too, except the fingerprint key: the same card keeps its
# fingerprint for the life of the file.
STATE_TABLES = (
    "resources",
    "deliveries",
    "webhooks",
    "requests",
    "messages",
    "callbacks",
    "opt_outs",
    "idempotency_keys",
)

# Every time stamp outside the bodies, for `age`: names of our own list.
TIMES = (
    ("deliveries", "due_at"),
    ("webhooks", "off_since"),
    ("requests", "at"),
    ("messages", "received_at"),
    ("callbacks", "due_at"),
    ("idempotency_keys", "created_at"),
)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

# The gateway's ids are opaque lower-case letters and digits without vowels.
ID_LETTERS = "bcdfghjkmpqrtvwxy2346789"
ID_LENGTH = 26


def new_id() -> str:
    """Return a fresh id of the form the gateway uses."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))


def timestamp(moment: datetime) -> str:
    """Write an instant as the gateway does: RFC 3339, UTC, milliseconds, `Z`."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def instant(text: str) -> datetime:
    """Read a timestamp that `timestamp` wrote."""
    return datetime.fromisoformat(text)


def _aged(value: Any, seconds: float) -> Any:
    """Return a JSON value in which every time stamp is so many seconds earlier."""
    if isinstance(value, dict):
        return {name: _aged(each, seconds) for name, each in value.items()}
    if isinstance(value, list):
        return [_aged(each, seconds) for each in value]
    if isinstance(value, str) and TIMESTAMP.fullmatch(value):
        return timestamp(instant(value) - timedelta(seconds=seconds))
    return value


class Store:
    """Resources and settings in SQLite; see the module's docstring for the locking rule."""

    def __init__(self, path: str) -> None:
        # Messages and the fingerprint key are nobody else's business.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(SCHEMA)
        with self.transaction():
            if self.setting("fingerprint_key") is None:
                self.set_setting("fingerprint_key", secrets.token_hex(32))

    def close(self) -> None:
        """Close the file; the store can't be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block alone and atomically. A block inside a block joins the outer one."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if outermost:
                    self._connection.execute("rollback")
                raise
            self._depth -= 1
            if outermost:
                self._connection.execute("commit")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Run one statement and return its rows."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    # Settings and the clock ---------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        """Return a stored setting, or None."""
        rows = self.execute("select value from settings where name = ?", (name,))
        return json.loads(rows[0]["value"]) if rows else None

    def set_setting(self, name: str, value: Any) -> None:
        """Store a setting (any JSON value)."""
        self.execute(
            "insert into settings (name, value) values (?, ?)"
            " on conflict (name) do update set value = excluded.value",
            (name, json.dumps(value)),
        )

    def now(self) -> datetime:
        """Return the sandbox's time: the real one plus what `advance` has added."""
        return datetime.now(UTC) + timedelta(seconds=self.setting("clock_offset") or 0)

    def advance(self, seconds: float) -> datetime:
        """Move the sandbox's clock forward and return its new time."""
        with self.transaction():
            self.set_setting("clock_offset", (self.setting("clock_offset") or 0) + seconds)
            return self.now()

    def age(self, seconds: float) -> None:
        """Let everything that is remembered lie so much further back; the clock stays."""
        with self.transaction():
            for row in self.execute("select id, body from resources"):
                self.execute(
                    "update resources set body = ? where id = ?",
                    (json.dumps(_aged(json.loads(row["body"]), seconds)), row["id"]),
                )
            for table, column in TIMES:
                for row in self.execute(f"select rowid as number, {column} as moment from {table}"):
                    self.execute(
                        f"update {table} set {column} = ? where rowid = ?",
                        (_aged(row["moment"], seconds), row["number"]),
                    )
            for row in self.execute("select name, value from settings"):
                self.set_setting(row["name"], _aged(json.loads(row["value"]), seconds))

    def reset(self) -> None:
        """Forget everything, clock and faults included."""
        with self.transaction():
            for table in STATE_TABLES:
                self.execute(f"delete from {table}")  # names of our own list
            self.execute("delete from settings where name <> 'fingerprint_key'")

    # Resources ----------------------------------------------------------------------------------

    def insert(self, kind: str, merchant: str, body: dict[str, Any]) -> dict[str, Any]:
        """Store a new resource under body["id"] and return the body."""
        self.execute(
            "insert into resources (kind, id, merchant, body) values (?, ?, ?, ?)",
            (kind, body["id"], merchant, json.dumps(body)),
        )
        return body

    def get(self, kind: str, merchant: str, resource_id: str) -> dict[str, Any] | None:
        """Return a resource of this merchant, or None."""
        rows = self.execute(
            "select body from resources where id = ? and kind = ? and merchant = ?",
            (resource_id, kind, merchant),
        )
        return json.loads(rows[0]["body"]) if rows else None

    def save(self, body: dict[str, Any]) -> dict[str, Any]:
        """Write a changed resource back and return it."""
        self.execute("update resources set body = ? where id = ?", (json.dumps(body), body["id"]))
        return body

    def select(
        self, kind: str, merchant: str, where: str = "true", parameters: Sequence[Any] = ()
    ) -> list[dict[str, Any]]:
        """Return this merchant's resources of a kind, newest first."""
        rows = self.execute(
            "select body from resources where kind = ? and merchant = ?"
            f" and ({where}) order by seq desc",
            (kind, merchant, *parameters),
        )
        return [json.loads(row["body"]) for row in rows]

    def due(self, now: datetime) -> list[tuple[str, str, dict[str, Any]]]:
        """Return (kind, merchant, body) of resources whose `_due_at` has come, oldest first."""
        rows = self.execute(
            "select kind, merchant, body from resources"
            " where json_extract(body, '$._due_at') is not null"
            " and json_extract(body, '$._due_at') <= ? order by seq",
            (timestamp(now),),
        )
        return [(row["kind"], row["merchant"], json.loads(row["body"])) for row in rows]
