"""An opening day over PostgREST: a crowd at few seats, and what a checkout costs as a studio fills.

Families are real customers, each with a token of its own. They quote and check out; whoever finds
a class full drops it and tries again. The client is in Python, though it takes more of the cores
than wrk: what comes next hangs on the answer before, and each refusal is told by its cause.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import dict_row

from bench.errors import BenchError
from demo import operator
from tools.stack import Stack

SLUG = "bench-opening"
FAMILIES = 1000
SECTIONS, HOT_SECTIONS, HOT_SHARE = 145, 14, 0.6
CLIENTS = 32
CAPACITIES = (20, 200, 2_000, 20_000)
# Checkouts one after the other for each figure of growth, and how many of them only warm up.
_SAMPLES, _WARMING = 150, 30
_MEMORY_ROUNDS = 2_000
_FOLDER = Path(__file__).parent
_tags = count(1)

_LOADED = """
    select
        m.cart_id,
        identity.sign_token(m.account_id, 'customer') ->> 'token' as token,
        array(
            select jsonb_build_array(i.id, i.section_id)
            from enrollment.cart_items as i
            where i.studio_id = auth.studio_id() and i.cart_id = m.cart_id
        ) as items
    from made as m
    where not m.is_seated
    order by m.number
"""

# What must be so when the crowd is gone; each answers what is not.
_ANOMALIES = {
    "places sold twice": """
        select count(*)
        from (
            select
            from enrollment.seats as s
            cross join lateral unnest(s.dates) as d
            cross join lateral generate_series(lower(d), upper(d) - 1, interval '1 day') as n (day)
            where s.studio_id = %(studio_id)s and s.place_number is not null
            group by s.section_id, s.place_number, n.day
            having count(*) > 1
        ) as x
    """,
    "places taken on other dates than their seats": """
        select count(*)
        from enrollment.places as p
        left join (
            select s.section_id, s.place_number, range_agg(d) as dates
            from enrollment.seats as s cross join lateral unnest(s.dates) as d
            where s.studio_id = %(studio_id)s
            group by s.section_id, s.place_number
        ) as s using (section_id, place_number)
        where p.studio_id = %(studio_id)s and p.taken <> coalesce(s.dates, '{}')
    """,
    "sections with other seats than confirmed, held, offered, reserved": """
        select count(*)
        from catalog.sections as c
        cross join lateral (
            select count(*) filter (where not isempty(p.taken)) as taken
            from enrollment.places as p
            where p.studio_id = c.studio_id and p.section_id = c.id
        ) as p
        cross join lateral (
            select
                count(*) as seats,
                count(*) filter (
                    where s.status in ('confirmed', 'held', 'offered', 'reserved')
                ) as known
            from enrollment.seats as s
            where s.studio_id = c.studio_id and s.section_id = c.id
        ) as s
        where
            c.studio_id = %(studio_id)s
            and c.capacity is not null
            and (p.taken <> s.seats or s.seats <> s.known or s.seats > c.capacity)
    """,
    "live enrollments without their seat": """
        select count(*)
        from enrollment.enrollments as e
        where
            e.studio_id = %(studio_id)s
            and e.status in ('pending', 'confirmed')
            and (
                select count(*)
                from enrollment.seats as s
                where s.studio_id = e.studio_id and s.enrollment_id = e.id
                    and s.family_id = e.family_id
            ) <> 1
    """,
}


@dataclass
class Family:
    """A family with a cart. items: section ids by id of the cart item."""

    token: str
    cart_id: int
    items: dict[int, int]


@dataclass
class Measured:
    """The figures of the opening day.

    Fields:
        checkouts: milliseconds of each checkout of the crowd, refused ones too.
        outcomes: what became of each checkout, "ok" or the error's code.
        families: how many of the crowd have seats in the end.
        seconds: from the first request to the last answer.
        anomalies: how often each thing was found that must not be.
        by_capacity, by_enrollments: median milliseconds of a checkout.
        memory: kilobytes of its own that a backend has, after so many checkouts.
    """

    checkouts: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    families: int = 0
    seconds: float = 0.0
    anomalies: dict[str, int] = field(default_factory=dict)
    by_capacity: dict[int, float] = field(default_factory=dict)
    by_enrollments: dict[int, float] = field(default_factory=dict)
    memory: dict[int, int] = field(default_factory=dict)


def measure(largest: int, say: Callable[[str], None]) -> Measured:
    """Load the studio and measure. largest: of the numbers of enrollments, from 1000 by tens.

    Errors: BenchError when the studio is there already, or an answer came that should not.
    psycopg.Error.
    """
    measured = Measured()
    with operator.session() as connection:
        if connection.execute("select 1 from studio.studios where slug = %s", (SLUG,)).fetchone():
            raise BenchError("this database was measured before; `make bench` makes a fresh one")
        connection.execute((_FOLDER / "opening_day.sql").read_text())
    sections = _sections()
    say(f"opening day: {FAMILIES} families")
    _crowd(measured, sections)
    for capacity in CAPACITIES:
        say(f"checkouts in a section of {capacity}")
        measured.by_capacity[capacity] = _nearly_full(sections, capacity)
    say(f"memory of a backend over {_MEMORY_ROUNDS} checkouts")
    measured.memory = _memory(sections["Memory 0"])
    growing = [sections[f"Growth {n}"] for n in range(40)]
    # As many are there as seats, since each enrollment has one here.
    for size in (n for n in (10**e for e in range(3, 7)) if n <= max(largest, 1000)):
        say(f"checkouts beside {size} enrollments")
        there = _ask("select count(*) from enrollment.seats where studio_id = auth.studio_id()")
        for first in range(there, size, 100_000):
            _load(
                [[growing[n % 40]] for n in range(first, min(size, first + 100_000))],
                is_seated=True,
            )
        measured.by_enrollments[size] = _one_by_one([[growing[n % 40]] for n in range(_SAMPLES)])
    measured.anomalies = {
        what: _ask(query, {"studio_id": _studio_id()}) for what, query in _ANOMALIES.items()
    }
    return measured


def _crowd(measured: Measured, sections: dict[str, int]) -> None:
    drawn = random.Random(145)
    # The three classes of a family are on days that don't clash: 0 or 1, 2 or 3, 4 or 5.
    numbers = [
        [
            [n for n in range(SECTIONS) if n % 6 // 2 == days and (n < HOT_SECTIONS) == is_hot]
            for days in range(3)
        ]
        for is_hot in (False, True)
    ]
    baskets = [
        [
            sections[f"Day {drawn.choice(numbers[drawn.random() < HOT_SHARE][days])}"]
            for days in range(3)
        ]
        for _ in range(FAMILIES)
    ]
    families = _load(baskets)
    _vacuum()

    def enroll(family: Family) -> list[tuple[str, float]]:
        with _Client(family.token) as client:
            return client.enroll(family)

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        tries = list(pool.map(enroll, families))
    measured.seconds = time.perf_counter() - began
    measured.checkouts = [milliseconds for of_family in tries for _, milliseconds in of_family]
    measured.outcomes = Counter(code for of_family in tries for code, _ in of_family)
    measured.families = measured.outcomes["ok"]


def _nearly_full(sections: dict[str, int], capacity: int) -> float:
    """The median of checkouts that take the last places of sections of this capacity."""
    ids = [i for title, i in sections.items() if title.startswith(f"Capacity {capacity} ")]
    samples = min(_SAMPLES, capacity * len(ids))
    free = -(-samples // len(ids))
    if capacity > free:
        _load([[ids[0]] for _ in range(capacity - free)], is_seated=True)
    return _one_by_one([[ids[n % len(ids)]] for n in range(samples)])


def _one_by_one(baskets: Sequence[Sequence[int]]) -> float:
    """The median milliseconds of checkouts of new families, one after the other."""
    families = _load(baskets)
    _vacuum()
    times = []
    for family in families:
        with _Client(family.token) as client:
            [(code, milliseconds)] = client.enroll(family)
        if code != "ok":
            raise BenchError(f"a checkout with room for it was refused: {code}")
        times.append(milliseconds)
    return median(times[_WARMING:])


def _memory(section_id: int) -> dict[int, int]:
    """Kilobytes that one backend has of its own while families check out and abandon over it."""
    families = _load([[section_id] for _ in range(200)])
    url = Stack(Path(os.environ["CALLBOARD_STACK_DIR"])).database_url("authenticator")
    kilobytes = {}
    with psycopg.connect(url) as connection:
        for number in range(1, _MEMORY_ROUNDS + 1):
            family = families[number % len(families)]
            _begin_request(connection, family)
            quote = connection.execute("select api.quote(%s)", (family.cart_id,)).fetchone()[0]
            registration = connection.execute(
                "select api.checkout(%s, %s, %s)",
                (family.cart_id, quote["quote_id"], f"bench-{number:08}"),
            ).fetchone()[0]
            connection.commit()
            _begin_request(connection, family)
            connection.execute(
                "select api.abandon_checkout(%s)", (registration["registration_id"],)
            )
            connection.commit()
            if number in (_MEMORY_ROUNDS // 4, _MEMORY_ROUNDS):
                kilobytes[number] = _own_kilobytes(connection.info.backend_pid)
    return kilobytes


def _begin_request(connection: psycopg.Connection, family: Family) -> None:
    """Begin a transaction as PostgREST does."""
    connection.execute("set local role customer")
    connection.execute(
        "select set_config('request.jwt.claims', %s, true),"
        " set_config('request.headers', '{}', true),"
        " set_config('request.path', '/rpc/bench', true)",
        (_claims(family.token),),
    )
    connection.execute("select auth.begin_request()")


def _claims(token: str) -> str:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def _own_kilobytes(pid: int) -> int:
    # Without shared buffers: a backend has more of them in sight the longer it runs.
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)[1])


class _Client:
    """One family's requests over a connection of its own."""

    def __init__(self, token: str) -> None:
        address = urlsplit(os.environ["POSTGREST_URL"])
        self._http = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> _Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def enroll(self, family: Family) -> list[tuple[str, float]]:
        """Quote and check out; without what is full, again. Answers each checkout's outcome, ms."""
        tries = []
        items = dict(family.items)
        while items:
            quote = self._call("quote", cart_id=family.cart_id)
            if "quote_id" not in quote:
                raise BenchError(f"a quote was refused: {quote}")
            began = time.perf_counter()
            answer = self._call(
                "checkout",
                cart_id=family.cart_id,
                quote_id=quote["quote_id"],
                idempotency_key=f"bench-{family.cart_id:08}-{len(tries)}",
            )
            code = str(answer.get("code", "ok"))
            tries.append((code, (time.perf_counter() - began) * 1000))
            if code == "ok":
                break
            full = json.loads(answer["details"] or "{}").get("section_id")
            dropped = [item_id for item_id, section_id in items.items() if section_id == full]
            if not dropped:
                raise BenchError(f"a checkout was refused without naming an item: {answer}")
            for item_id in dropped:
                self._call("remove_cart_item", cart_item_id=item_id)
                del items[item_id]
        return tries

    def _call(self, function: str, **arguments: Any) -> dict[str, Any]:
        self._http.request("POST", f"/rpc/{function}", json.dumps(arguments), self._headers)
        body = self._http.getresponse().read()
        return json.loads(body) if body.startswith(b"{") else {}


def _load(baskets: Iterable[Sequence[int]], *, is_seated: bool = False) -> list[Family]:
    """Load families, one a basket, with a cart of it, or already in a seat of its one section."""
    tag = f"{'Seated' if is_seated else 'Buyer'} {next(_tags)}"
    with operator.session(SLUG) as connection:
        connection.execute(
            "create temporary table wanted (number integer, tag text, section_ids bigint[],"
            " is_seated boolean) on commit drop"
        )
        with connection.cursor().copy("copy wanted from stdin") as rows:
            for number, basket in enumerate(baskets, start=1):
                rows.write_row((number, tag, list(basket), is_seated))
        connection.execute((_FOLDER / "opening_families.sql").read_text())
        loaded = connection.cursor(row_factory=dict_row).execute(_LOADED).fetchall()
    return [
        Family(row["token"], row["cart_id"], dict(row["items"]))
        for row in loaded
    ]


def _sections() -> dict[str, int]:
    with operator.session(SLUG) as connection:
        return dict(
            connection.execute(
                "select k.title || case k.title when 'Memory' then ' 0' else '' end, s.id"
                " from catalog.sections as s inner join catalog.classes as k"
                " on s.studio_id = k.studio_id and s.class_id = k.id"
                " where s.studio_id = auth.studio_id()"
            ).fetchall()
        )


def _studio_id() -> int:
    return _ask("select auth.studio_id()")


def _ask(query: str, arguments: Any = None) -> int:
    with operator.session(SLUG) as connection:
        return connection.execute(query, arguments).fetchone()[0]


def _vacuum() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
