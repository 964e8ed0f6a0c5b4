"""Studios, families, staff and operators for tests against a running stack.

Nothing here decides anything: families act through the API over HTTP, operators at the database as
role `deploy`, jobs as login `scheduler`. Source of all addresses: the environment of
`python -m tools.stack throwaway`.

    studio = new_studio()                          # or demo_studio("aydt")
    section_id = studio.section(capacity=1)
    family = studio.family()
    registration = family.hold((family.student(), section_id))
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import requests
from psycopg import conninfo, sql

from demo import operator
from demo.api import Api

PASSWORD = "correct horse battery staple"

# Tuition of a studio made for a test, by weekly count, in minor units.
RATES = {1: 10_000, 2: 19_000, 3: 27_000, 4: 34_000, 5: 40_000, 6: 45_000}

Result = TypeVar("Result")


def unique(word: str) -> str:
    """Return the word with something behind it that no other test has."""
    return f"{word}-{secrets.token_hex(5)}"


# ---------------------------------------------------------------- callers of the API


class Caller(Api):
    """A caller of the API whose refusals can be looked at, too.

    `call` and `read` (of Api) are for what must succeed: they raise Refused.
    """

    def __init__(self, studio: str) -> None:
        super().__init__(os.environ["POSTGREST_URL"], studio)

    def post(
        self, function: str, arguments: Any = None, headers: Mapping[str, str | None] | None = None
    ) -> requests.Response:
        """Call a function of the API; a header of None is left out."""
        return self.send("POST", f"rpc/{function}", json=arguments or {}, headers=headers)

    def get(
        self, path: str, headers: Mapping[str, str | None] | None = None, **query: str
    ) -> requests.Response:
        """Read a view (or ""), with PostgREST's filters as query."""
        return self.send("GET", path, params=query, headers=headers)

    def send(self, method: str, path: str, **request: Any) -> requests.Response:
        """Send any request to PostgREST."""
        return self.http.request(
            method, f"{os.environ['POSTGREST_URL']}/{path}", timeout=60, **request
        )

    @property
    def token(self) -> str:
        """The access token in use."""
        return str(self.http.headers["Authorization"]).removeprefix("Bearer ")

    def use_token(self, token: str) -> Caller:
        """Make every later call with this token."""
        self.http.headers["Authorization"] = f"Bearer {token}"
        return self


@dataclass
class Family:
    """A family that is signed in. `api` calls as its guardian."""

    studio: Studio
    api: Caller
    email: str
    id: int

    def student(self, first_name: str = "Ada", birth_date: str = "2015-05-15") -> int:
        """Add a student, return its id."""
        return self.api.call(
            "add_student", first_name=first_name, last_name="Stone", birth_date=birth_date
        )

    def cart(self, *items: tuple[int, Any], term_id: int | None = None) -> int:
        """Put (student, section) pairs into the open cart, return its id.

        In place of a section: (section, weekdays), where some of them are wanted.
        """
        cart_id = self.api.call("open_cart", term_id=term_id or self.studio.term_id)
        for student_id, wanted in items:
            section_id, weekdays = wanted if isinstance(wanted, tuple) else (wanted, None)
            self.api.call(
                "put_cart_item",
                cart_id=cart_id,
                student_id=student_id,
                section_id=section_id,
                **({"weekdays": weekdays} if weekdays else {}),
            )
        return cart_id

    def priced_cart(self, *items: tuple[int, int]) -> dict[str, Any]:
        """Fill the cart and quote it: the arguments that `checkout` needs."""
        cart_id = self.cart(*items)
        quote = self.api.call("quote", cart_id=cart_id)
        return {
            "cart_id": cart_id,
            "quote_id": quote["quote_id"],
            "idempotency_key": secrets.token_hex(16),
        }

    def hold(self, *items: tuple[int, int]) -> dict[str, Any]:
        """Cart, quote and checkout: return the registration, with its seats held."""
        return self.api.call("checkout", **self.priced_cart(*items))

    def open_payment(self, registration_id: int) -> int:
        """Put a payment as `start_payment` does, but with no call to a gateway; return its id."""
        with self.studio.operator() as connection:
            return connection.execute(
                _OPEN_PAYMENT,
                {
                    "studio_id": self.studio.id,
                    "family_id": self.id,
                    "registration_id": registration_id,
                    "reference": unique("test"),
                    "code": self.studio.slug.replace("-", "_"),
                },
            ).fetchone()[0]

    def keep_card(self, registration_id: int) -> dict[str, int]:
        """Give a paid registration a plan of which nothing is open, and a card; return their ids.

        Made without a gateway: for tests of who may see and name what.
        """
        with self.studio.operator() as connection:
            stored_method_id, installment_id = connection.execute(
                _KEEP_CARD, {"registration_id": registration_id}
            ).fetchone()
        return {"stored_method_id": stored_method_id, "installment_id": installment_id}

    def pay(
        self, registration_id: int, connection: psycopg.Connection | None = None
    ) -> None:
        """Confirm a registration as an authorized sale does, without going to the gateway.

        Tests of payments go there; this is for what comes after. connection: an operator's, whose
        transaction goes on.
        """
        self.authorize(self.open_payment(registration_id), connection)

    def authorize(
        self,
        payment_id: int,
        connection: psycopg.Connection | None = None,
        state: str = "authorized",
    ) -> None:
        """Let the gateway say of a payment that it is authorized, in time or too late.

        Arguments:
            state: another one that its sale has come to.
        """
        with (
            self.studio.operator() if connection is None else contextlib.nullcontext(connection)
        ) as operators:
            operators.execute(
                "select payment.apply_transaction(p.id, jsonb_build_object("
                " 'id', p.reference, 'type', 'sale', 'state', %s::text, 'isAuthorized', true,"
                " 'total', jsonb_build_object("
                " 'amount', (p.amount_minor / 100.0)::numeric(12, 2)::text,"
                " 'currencyCode', p.currency)))"
                " from payment.payments as p where p.id = %s",
                (state, payment_id),
            )

    def lose_money(self, section_id: int) -> str:
        """Pay for a new student's class, and let the processor take that back.

        Return what the work list calls it.
        """
        payment_id = self.open_payment(
            self.hold((self.student(), section_id))["registration_id"]
        )
        self.authorize(payment_id)
        self.authorize(payment_id, state="rejected")
        sale_id = self.studio.ask(
            "select t.id from payment.transactions as t where t.payment_id = %s", payment_id
        )
        return f"money_lost:{sale_id}"


_KEEP_CARD = """
    with method as (
        insert into payment.stored_methods (
            studio_id, family_id, shopper_id, merchant_account_id, gateway_id
        )
        select distinct on (p.registration_id)
            p.studio_id, p.family_id, p.shopper_id, p.merchant_account_id, 'stc' || p.id
        from payment.payments as p
        where p.registration_id = %(registration_id)s
        returning *
    ),
    plan as (
        insert into payment.payment_plans (
            studio_id, family_id, registration_id, auto_pay, do_capture, stored_method_id, status
        )
        select m.studio_id, m.family_id, %(registration_id)s, true, true, m.id, 'completed'
        from method as m
        returning *
    ),
    installment as (
        insert into payment.installments (
            studio_id, family_id, registration_id, number, due_on, amount_minor, status
        )
        select p.studio_id, p.family_id, p.registration_id, 1, '2027-01-31', 0, 'waived'
        from plan as p
        returning *
    )
    select m.id, i.id from method as m, installment as i
"""

_OPEN_PAYMENT = """
    with account as (
        insert into payment.merchant_accounts as m (studio_id, code, alias, merchant_ref, host)
        values (%(studio_id)s, %(code)s, %(code)s, %(code)s, 'sandbox')
        on conflict (code) do update set code = m.code
        returning id
    ),
    shopper as (
        insert into payment.shoppers as s (studio_id, family_id, merchant_account_id, reference)
        select %(studio_id)s, %(family_id)s, a.id, %(reference)s from account as a
        on conflict on constraint shoppers_family_account_key do update set family_id = s.family_id
        returning id, merchant_account_id
    )
    insert into payment.payments (
        studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
        amount_minor, currency, return_url, cancel_url, session_ends_at
    )
    select
        r.studio_id, r.family_id, r.id, s.merchant_account_id, s.id, %(reference)s,
        r.total_minor, 'USD', 'https://example.com', 'https://example.com',
        now() + interval '10 minutes'
    from shopper as s
    inner join enrollment.registrations as r
        on r.studio_id = %(studio_id)s and r.id = %(registration_id)s
    returning id
"""


# ---------------------------------------------------------------- studios


@dataclass(frozen=True)
class Studio:
    """A studio, and what its operators, staff and families do in a test.

    Fields:
        term_id: the published term that `section` and `Family.cart` take when none is named.
    """

    slug: str
    id: int
    term_id: int = field(compare=False)

    def operator(self) -> contextlib.AbstractContextManager[psycopg.Connection]:
        """Open a transaction as role `deploy` with the studio in scope, committed at the end."""
        return operator.session(self.slug)

    def ask(self, query: str, *arguments: Any) -> Any:
        """Return the first column of a query's first row, asked as an operator."""
        with self.operator() as connection:
            row = connection.execute(query, arguments).fetchone()
            return None if row is None else row[0]

    def anybody(self) -> Caller:
        """An anonymous caller."""
        return Caller(self.slug)

    def account(self, email: str | None = None, **details: Any) -> tuple[Caller, str]:
        """Sign up without signing in; return a caller and the address. details: as of `sign_up`."""
        api, email = self.anybody(), email or f"{unique('person')}@example.com"
        arguments = {"full_name": "Grace Stone", "password": PASSWORD, **details}
        api.call("sign_up", email=email, **arguments)
        return api, email

    def family(self, email: str | None = None, **details: Any) -> Family:
        """Sign up a family and sign it in. details: as of `sign_up` (phone, sms_opt_in …)."""
        api, email = self.account(email, **details)
        api.sign_in(email, details.get("password", PASSWORD))
        return Family(self, api, email, api.read("families")[0]["id"])

    def staff(self, role: str = "staff") -> Caller:
        """Hire somebody: an account, a membership from the operator, a sign-in in that role."""
        return self.worker(role)[0]

    def worker(self, role: str = "staff") -> tuple[Caller, str]:
        """Hire somebody, as `staff` does; return the e-mail address, too."""
        api, email = self.account()
        with self.operator() as connection:
            connection.execute(
                "insert into studio.memberships (studio_id, account_id, role)"
                " select %s, a.id, %s from identity.accounts as a where a.email = %s",
                (self.id, role, email),
            )
        answer = api.call("sign_in", email=email, password=PASSWORD, role=role)
        return api.use_token(answer["token"]), email

    def term(
        self, status: str = "published", opens: str = "-1 day", closes: str = "8 weeks"
    ) -> int:
        """Add a term of the same dates with RATES and a plan in full; return its id.

        opens, closes: when registration does, as intervals from now.
        """
        with self.operator() as connection:
            return _add_term(connection, self.id, status, opens, closes)

    def section(
        self,
        *,
        capacity: int | None = 10,
        weekdays: tuple[int, ...] = (1,),
        starts_at: str = "10:00",
        ends_at: str = "11:00",
        division: str | None = "open",
        program: str | None = None,
        price_mode: str | None = None,
        term_id: int | None = None,
        title: str | None = None,
        visibility: str = "public",
        dates: tuple[str, str] | None = None,
    ) -> int:
        """Add a class with one section, its weekly times and its meetings; return the section's id.

        division or program (codes), or price_mode (tiered, drop_in): how it is priced. dates:
        first and last; None: the term's.
        """
        with self.operator() as connection:
            section_id = connection.execute(
                _SECTION,
                {
                    "studio_id": self.id,
                    "term_id": term_id or self.term_id,
                    "title": title or unique("Class"),
                    "division": None if program or price_mode else division,
                    "program": program,
                    "price_mode": price_mode,
                    "visibility": visibility,
                    "starts_on": dates and dates[0],
                    "ends_on": dates and dates[1],
                    "capacity": capacity,
                    "weekdays": list(weekdays),
                    "starts_at": starts_at,
                    "ends_at": ends_at,
                },
            ).fetchone()[0]
            connection.execute("select catalog.generate_meetings(%s)", (section_id,))
            return section_id

    def sections(self, **by_title: str) -> dict[str, int]:
        """Return the first section of each class the public sees, by title."""
        rows = self.anybody().read("sections", order="id.desc", **by_title)
        return {row["title"]: row["id"] for row in rows}

    def seats_left(self, section_id: int) -> int | None:
        """Return what anybody sees."""
        return self.anybody().read("sections", id=f"eq.{section_id}")[0]["seats_left"]

    def set_rate(self, amount_minor: int, *, weekly_count: int = 1, division: str = "open") -> None:
        """Change a rate of the term as staff would: supersede the row, add the next version."""
        with self.operator() as connection:
            connection.execute(
                _NEXT_RATE,
                {
                    "studio_id": self.id,
                    "term_id": self.term_id,
                    "division": division,
                    "weekly_count": weekly_count,
                    "amount_minor": amount_minor,
                },
            )

    def lapse(self, registration_id: int) -> None:
        """Let the time of one pending registration run out now."""
        with self.operator() as connection:
            connection.execute("select enrollment.lapse_registration(%s)", (registration_id,))


def demo_studio(slug: str = "aydt") -> Studio:
    """Return a demo studio (`python -m demo.seed` has to have loaded it)."""
    with operator.session(slug) as connection:
        studio_id, term_id = connection.execute(
            "select s.id, min(t.id) from studio.studios as s"
            " inner join catalog.terms as t on s.id = t.studio_id"
            " where s.slug = %s group by s.id",
            (slug,),
        ).fetchone()
    return Studio(slug, studio_id, term_id)


def new_studio(timezone: str = "America/New_York") -> Studio:
    """Make a studio for one test: settings and messages as the demo's, its own term and RATES."""
    slug = unique("studio")
    with operator.session() as connection:
        studio_id = connection.execute(
            "insert into studio.studios (slug, name, timezone, currency)"
            " values (%s, %s, %s, 'USD') returning id",
            (slug, f"Studio {slug}", timezone),
        ).fetchone()[0]
        connection.execute("select auth.enter_studio(%s)", (studio_id,))
        for table, condition in (
            ("studio.settings", "o.term_id is null"),
            ("messaging.templates", "true"),
        ):
            connection.execute(
                _COPY_FROM_DEMO.format(table=table, condition=condition), (studio_id,)
            )
        connection.execute(_BASICS, {"studio_id": studio_id})
        term_id = _add_term(connection, studio_id, "published", "-1 day", "8 weeks")
    return Studio(slug, studio_id, term_id)


_COPY_FROM_DEMO = """
    insert into {table} overriding user value
    select (jsonb_populate_record(
        null::{table}, to_jsonb(o) || jsonb_build_object('studio_id', %s::integer)
    )).*
    from {table} as o
    where o.studio_id = (select s.id from studio.studios as s where s.slug = 'aydt') and {condition}
"""

_BASICS = """
    with location as (
        insert into studio.locations (studio_id, name, address)
        values (%(studio_id)s, 'Main Hall', '1 Main Street')
    )
    insert into catalog.divisions (studio_id, code, name, rank)
    values (%(studio_id)s, 'open', 'Open', 1)
"""

_TERM = """
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at, status
    )
    select
        %(studio_id)s, %(name)s, m.starts_on, m.starts_on + 34,
        now() + %(opens)s::interval, now() + %(closes)s::interval, %(status)s
    from (
        select
            (date_trunc('week', now() at time zone 'UTC') + interval '9 weeks')::date as starts_on
    ) as m
    returning id
"""

_RATE = """
    insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
    select d.studio_id, %(term_id)s, d.id, %(weekly_count)s, %(amount_minor)s
    from catalog.divisions as d
    where d.studio_id = %(studio_id)s and d.code = 'open'
"""

_NEXT_RATE = """
    with ended as (
        update pricing.rates as r
        set superseded_at = clock_timestamp()
        from catalog.divisions as d
        where
            r.studio_id = %(studio_id)s and r.term_id = %(term_id)s
            and r.weekly_count = %(weekly_count)s and r.superseded_at is null
            and d.studio_id = r.studio_id and d.id = r.division_id and d.code = %(division)s
        returning r.*
    )
    insert into pricing.rates (
        studio_id, term_id, division_id, weekly_count, amount_minor, version, valid_from
    )
    select
        e.studio_id, e.term_id, e.division_id, e.weekly_count, %(amount_minor)s, e.version + 1,
        e.superseded_at
    from ended as e
"""

_SECTION = """
    with class as (
        insert into catalog.classes (
            studio_id, term_id, title, discipline, price_mode, division_id, program_id, visibility
        )
        select
            %(studio_id)s, %(term_id)s, %(title)s, 'test',
            coalesce(
                %(price_mode)s,
                case when %(program)s::text is null then 'standard' else 'program' end
            ),
            (
                select d.id from catalog.divisions as d
                where d.studio_id = %(studio_id)s and d.code = %(division)s
            ),
            (
                select p.id from catalog.programs as p
                where p.studio_id = %(studio_id)s and p.code = %(program)s
            ),
            %(visibility)s
        returning id, price_mode
    ),
    section as (
        insert into catalog.sections (
            studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on,
            capacity
        )
        select
            %(studio_id)s, t.id, c.id, c.price_mode,
            (select min(l.id) from studio.locations as l where l.studio_id = %(studio_id)s),
            'Section 1',
            coalesce(%(starts_on)s::date, t.starts_on), coalesce(%(ends_on)s::date, t.ends_on),
            %(capacity)s
        from class as c
        inner join catalog.terms as t on t.studio_id = %(studio_id)s and t.id = %(term_id)s
        returning id
    ),
    times as (
        insert into catalog.section_times (studio_id, section_id, weekday, starts_at, ends_at)
        select %(studio_id)s, s.id, w.weekday, %(starts_at)s::time, %(ends_at)s::time
        from section as s
        cross join unnest(%(weekdays)s::integer[]) as w (weekday)
    )
    select s.id from section as s
"""


def _add_term(
    connection: psycopg.Connection, studio_id: int, status: str, opens: str, closes: str
) -> int:
    term_id = connection.execute(
        _TERM,
        {
            "studio_id": studio_id,
            "name": unique("Term"),
            "status": status,
            "opens": opens,
            "closes": closes,
        },
    ).fetchone()[0]
    for weekly_count, amount_minor in RATES.items():
        connection.execute(
            _RATE,
            {
                "studio_id": studio_id,
                "term_id": term_id,
                "weekly_count": weekly_count,
                "amount_minor": amount_minor,
            },
        )
    connection.execute(
        "insert into pricing.payment_plans ("
        " studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout"
        ") values (%s, %s, 'full', 'full', 'Pay in full', 1, false, true)",
        (studio_id, term_id),
    )
    return term_id


# ---------------------------------------------------------------- the database


def login_url(login: str) -> str:
    """Return the database's address for a login: deploy, authenticator, scheduler, thin_api."""
    known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
    return conninfo.make_conninfo(
        os.environ["DATABASE_URL"], user=login, password=known["logins"][login]
    )


def run_job(job: str) -> None:
    """Run a job as pg_cron does: as login `scheduler`, over a connection of its own."""
    with psycopg.connect(login_url("scheduler"), autocommit=True) as connection:
        connection.execute("call ops.run_job(%s)", (job,))


def run_without_lock(studio: Studio, function: str) -> int:
    """Run the function of a job for a studio, as by hand: without the lock that jobs share."""
    with psycopg.connect(login_url("scheduler")) as connection:
        connection.execute("select auth.enter_studio(%s)", (studio.id,))
        schema, name = function.split(".")
        call = sql.SQL("select {}()").format(sql.Identifier(schema, name))
        return connection.execute(call).fetchone()[0]


@contextlib.contextmanager
def request_of(caller: Caller) -> Iterator[psycopg.Connection]:
    """Open a transaction as PostgREST does for a signed-in caller: its login, role and hook."""
    claims = claims_of(caller.token)
    with psycopg.connect(login_url("authenticator")) as connection:
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(claims["role"])))
        connection.execute(
            "select set_config('request.jwt.claims', %s, true),"
            " set_config('request.headers', '{}', true),"
            " set_config('request.path', '/rpc/test', true)",
            (json.dumps(claims),),
        )
        connection.execute("select auth.begin_request()")
        yield connection


def error_code(error: psycopg.Error) -> str:
    """Return the stable word of an error that ops.fail() raised, else the SQLSTATE."""
    if error.sqlstate != "PGRST":
        return error.sqlstate or type(error).__name__
    return json.loads(error.diag.message_primary)["code"]


@contextlib.contextmanager
def nothing_written(*but: str) -> Iterator[None]:
    """Assert that no row of any domain's tables is added, changed or removed meanwhile.

    but: tables (`schema.table`) that may change. Those that jobs and the courier write in the
    background are left out.
    """
    before = _fingerprints(but)
    yield
    after = _fingerprints(but)
    assert {t: n for t, n in after.items() if n != before[t]} == {}, "tables that were written"


def assert_seats_add_up() -> None:
    """Assert what must be true of places, seats, enrollments and registrations at every moment."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = violated_invariants(connection)
        assert found == {}, found


def violated_invariants(
    connection: psycopg.Connection, studio_id: int | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """Return what is not as it must be at every moment, by what must be, as the connection sees it.

    studio_id: of one studio; None: of all.
    """
    return violations(connection, _INVARIANTS | LEDGER_CLAIMS, studio_id)


def violations(
    connection: psycopg.Connection, claims: Mapping[str, str], studio_id: int | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that break each claim: what its query finds, by studio in the first column."""
    where = "" if studio_id is None else f" where found.studio_id = {studio_id}"
    broken = {
        claim: connection.execute(f"select * from ({query}) as found{where}").fetchall()
        for claim, query in claims.items()
    }
    return {claim: rows for claim, rows in broken.items() if rows}


_INVARIANTS = {
    "a place is taken on exactly the dates of its seats": """
        select p.studio_id, p.section_id, p.place_number, p.taken, s.dates
        from enrollment.places as p
        left join (
            select studio_id, section_id, place_number, range_agg(d) as dates
            from enrollment.seats, unnest(dates) as d
            group by studio_id, section_id, place_number
        ) as s using (studio_id, section_id, place_number)
        where p.taken <> coalesce(s.dates, '{}')
    """,
    "no two seats are on one place on one date": """
        select s.studio_id, s.section_id, s.place_number, lower(d) + n
        from
            enrollment.seats as s,
            unnest(s.dates) as d,
            generate_series(0, upper(d) - lower(d) - 1) as n
        where s.place_number is not null
        group by s.studio_id, s.section_id, s.place_number, lower(d) + n
        having count(*) > 1
    """,
    "on each date as many places are taken as are confirmed, held, offered and reserved": """
        select t.studio_id, t.section_id, t.held_on, count(t.place_number), count(t.seat_id)
        from (
            select distinct
                m.studio_id, m.section_id, m.held_on, p.place_number, null::bigint as seat_id,
                null as status
            from catalog.meetings as m
            inner join enrollment.places as p
                on m.studio_id = p.studio_id
                and m.section_id = p.section_id
                and p.taken @> m.held_on
            union all
            select distinct m.studio_id, m.section_id, m.held_on, null::integer, x.id, x.status
            from catalog.meetings as m
            inner join enrollment.seats as x
                on m.studio_id = x.studio_id
                and m.section_id = x.section_id
                and x.place_number is not null
                and x.dates @> m.held_on
        ) as t
        group by t.studio_id, t.section_id, t.held_on
        having
            count(t.place_number) <> count(*) filter (where t.status = 'confirmed')
            + count(*) filter (where t.status = 'held')
            + count(*) filter (where t.status = 'offered')
            + count(*) filter (where t.status = 'reserved')
    """,
    "a live enrollment has a seat in its own state, or one a date; an ended one has none": """
        select e.studio_id, e.id, e.status, array_agg(s.status)
        from enrollment.enrollments as e
        left join enrollment.seats as s on e.studio_id = s.studio_id and e.id = s.enrollment_id
        -- Of what was cancelled there is none.
        cross join lateral (
            select
                count(distinct m.held_on) filter (where m.held_on = any(e.dates)) as dates,
                count(*) filter (
                    where
                    m.held_on >= greatest(
                        (e.created_at at time zone o.timezone)::date,
                        -- Whoever was moved there begins when the other one ends.
                        (
                            select f.ended_on from enrollment.enrollments as f
                            where f.studio_id = e.studio_id and f.id = e.from_enrollment_id
                        )
                    )
                ) as meetings,
                range_agg(daterange(m.held_on, m.held_on + 1))
                filter (where m.held_on = any(e.dates)) as days
            from catalog.meetings as m
            inner join studio.studios as o on m.studio_id = o.id
            left join catalog.section_times as t on m.section_time_id = t.id
            where
                m.studio_id = e.studio_id
                and m.section_id = e.section_id
                and m.status = 'scheduled'
                and (e.ended_on is null or m.held_on < e.ended_on)
                and (
                    e.weekdays is null
                    or coalesce(t.weekday, extract(isodow from coalesce(m.moved_from, m.held_on)))
                    = any(e.weekdays)
                )
        ) as n
        group by e.studio_id, e.id, e.status, e.dates, e.ended_on, n.dates, n.meetings, n.days
        having
            count(s.id) <> case
                when e.status not in ('pending', 'confirmed') then 0
                when e.dates is not null then n.dates
                else least(n.meetings, 1)
            end
            or (e.dates is not null and range_agg(s.dates) <> n.days)
            or bool_or(e.ended_on is not null and s.dates && daterange(e.ended_on, null))
            or count(distinct s.status) > 1
            or min(s.status) <> case e.status when 'pending' then 'held' else 'confirmed' end
    """,
    "an enrollment's seat is there when its meetings are": """
        select s.studio_id, s.id, s.dates, s.during, n.dates, n.during
        from enrollment.seats as s
        inner join enrollment.enrollments as e
            on s.studio_id = e.studio_id and s.enrollment_id = e.id
        cross join lateral (
            select
                range_agg(daterange(m.held_on, m.held_on + 1)) as dates,
                range_agg(
                    case
                        when e.tier_id is null then tstzrange(m.starts_at, m.ends_at)
                        else tstzrange(
                            (m.held_on + h.starts_at) at time zone o.timezone,
                            (m.held_on + h.ends_at) at time zone o.timezone
                        )
                    end
                ) as during
            from catalog.meetings as m
            inner join studio.studios as o on m.studio_id = o.id
            left join catalog.section_times as t on m.section_time_id = t.id
            left join catalog.section_tiers as h on h.id = e.tier_id
            where
                m.studio_id = s.studio_id
                and m.section_id = s.section_id
                and m.status = 'scheduled'
                and case
                    when e.dates is not null then s.dates @> m.held_on
                    else
                        m.held_on >= greatest(
                            (s.created_at at time zone o.timezone)::date,
                            (
                                select f.ended_on from enrollment.enrollments as f
                                where f.studio_id = e.studio_id and f.id = e.from_enrollment_id
                            )
                        )
                        and (e.ended_on is null or m.held_on < e.ended_on)
                        and (
                            e.weekdays is null
                            or coalesce(
                                t.weekday, extract(isodow from coalesce(m.moved_from, m.held_on))
                            ) = any(e.weekdays)
                            -- Until the day from which it was given up.
                            or exists (
                                select from enrollment.changes as c
                                where
                                    c.studio_id = e.studio_id
                                    and c.enrollment_id = e.id
                                    and c.kind = 'weekdays_dropped'
                                    and m.held_on < c.effective_on
                                    and coalesce(t.weekday, extract(isodow from m.held_on))
                                    = any(c.weekdays)
                            )
                        )
                end
        ) as n
        where (s.dates, s.during) is distinct from (n.dates, n.during)
    """,
    "enrollments are what their registration is": """
        select e.studio_id, e.id, e.status, r.status
        from enrollment.enrollments as e
        inner join enrollment.registrations as r
            on e.studio_id = r.studio_id and e.registration_id = r.id
        where
            e.status <> case r.status
                when 'pending_payment' then 'pending'
                when 'partial' then 'confirmed'
                when 'refunded' then 'cancelled'
                else r.status
            end
            -- One that was paid may end by itself.
            and not (
                r.status in ('confirmed', 'partial')
                and e.status = 'cancelled'
                and e.ended_on is not null
            )
    """,
    "a section has as many places as its capacity": """
        select s.studio_id, s.id, s.capacity, count(p.place_number)
        from catalog.sections as s
        left join enrollment.places as p on s.studio_id = p.studio_id and s.id = p.section_id
        group by s.studio_id, s.id, s.capacity
        having count(p.place_number) <> coalesce(s.capacity, 0)
    """,
    "an ended enrollment of a paid registration is written down, with its price": """
        select e.studio_id, e.id, e.ended_on
        from enrollment.enrollments as e
        where
            (e.ended_on is not null) <> exists (
                select from enrollment.changes as c
                where
                    c.studio_id = e.studio_id
                    and c.enrollment_id = e.id
                    and c.kind in ('cancelled', 'transferred', 'replaced', 'refunded')
            )
    """,
    "nobody is given back more than was paid": """
        select c.studio_id, c.family_id, sum(c.given_back_minor)
        from enrollment.changes as c
        group by c.studio_id, c.family_id
        having sum(c.given_back_minor) > (
            select coalesce(sum(r.total_minor), 0) + coalesce(
                (
                    select sum(u.amount_minor) from pricing.credit_uses as u
                    where
                        u.studio_id = c.studio_id
                        and u.family_id = c.family_id
                        and u.status = 'used'
                ),
                0
            )
            from enrollment.registrations as r
            where
                r.studio_id = c.studio_id
                and r.family_id = c.family_id
                and r.status in ('confirmed', 'partial', 'refunded')
        )
    """,
    "whoever has some weekdays, or waits for them, has a section that is sold so": """
        select s.studio_id, s.id as section_id, x.id
        from (
            select e.studio_id, e.section_id, e.id
            from enrollment.enrollments as e
            where e.weekdays is not null and e.status in ('pending', 'confirmed')
            union all
            select w.studio_id, w.section_id, w.id
            from enrollment.waitlist_entries as w
            inner join enrollment.cart_items as i
                on w.cart_id = i.cart_id and w.student_id = i.student_id
            where i.weekdays is not null and w.status in ('waiting', 'offered', 'accepted')
        ) as x
        inner join catalog.sections as s
            on x.studio_id = s.studio_id and x.section_id = s.id and not s.sold_by_weekday
    """,
    "an award is held by a pending, used by a confirmed and returned by an ended registration": """
        select w.studio_id, w.id, w.status, r.status
        from pricing.family_awards as w
        inner join enrollment.registrations as r
            on w.studio_id = r.studio_id and w.registration_id = r.id
        where
            w.status <> case r.status
                when 'pending_payment' then 'held'
                when 'confirmed' then 'used'
                when 'partial' then 'used'
                else 'returned'
            end
            -- What a family gave up may have been what gave it the discount.
            and not (
                w.status = 'returned'
                and exists (
                    select from enrollment.changes as c
                    where c.studio_id = w.studio_id and c.family_id = w.family_id
                )
            )
    """,
    "so is a use of a coupon": """
        select u.studio_id, u.id, u.status, r.status
        from pricing.coupon_redemptions as u
        inner join enrollment.registrations as r
            on u.studio_id = r.studio_id and u.registration_id = r.id
        where u.status <> case r.status
            when 'pending_payment' then 'held'
            when 'confirmed' then 'used'
            when 'partial' then 'used'
            else 'returned'
        end
    """,
    "an idempotency key names a registration": """
        select studio_id, family_id from enrollment.checkout_keys where registration_id is null
    """,
    "a paid registration has its confirmation, over what was due at once or all of it": """
        select r.studio_id, r.id, r.status, c.amount_minor, q.amount_minor, r.total_minor
        from enrollment.registrations as r
        left join enrollment.confirmations as c
            on r.studio_id = c.studio_id and r.confirmation_id = c.id and r.id = c.registration_id
        left join pricing.quote_installments as q
            on r.studio_id = q.studio_id and r.quote_id = q.quote_id and q.number = 1
        where
            r.status in ('confirmed', 'partial', 'refunded')
            and not coalesce(
                c.amount_minor in (q.amount_minor, r.total_minor)
                or (r.balance_due_on is not null and c.amount_minor < q.amount_minor),
                false
            )
    """,
}

# What the ledger says, beside what the tables say that the facts are in.
LEDGER_CLAIMS = {
    "a posting of the ledger is balanced, and of one family and day": """
        select p.studio_id, p.id, p.source, sum(e.amount_minor)
        from payment.ledger_postings as p
        left join payment.ledger_entries as e on p.studio_id = e.studio_id and p.id = e.posting_id
        group by p.studio_id, p.id, p.source
        having
            count(*) < 2
            or sum(e.amount_minor) <> 0
            or not bool_and(e.family_id = p.family_id and e.posted_on = p.posted_on)
    """,
    "by the ledger a family owes what its registrations cost, less what it has paid": """
        select
            f.studio_id, f.id, l.owed_minor, r.cost_minor, p.paid_minor, o.paid_minor,
            w.waived_minor
        from identity.families as f
        cross join lateral (
            select coalesce(sum(e.amount_minor), 0) as owed_minor
            from payment.ledger_entries as e
            where
                e.studio_id = f.studio_id
                and e.family_id = f.id
                and e.account in ('receivable', 'unapplied')
        ) as l
        cross join lateral (
            select
                coalesce(sum(r.total_minor + c.change_minor - x.reduction_minor), 0) as cost_minor
            from enrollment.registrations as r
            cross join lateral (
                select coalesce(sum(x.price_change_minor + x.given_back_minor), 0) as change_minor
                from enrollment.changes as x
                where x.studio_id = r.studio_id and x.registration_id = r.id
            ) as c
            cross join lateral (
                select coalesce(sum(x.price_reduction_minor), 0) as reduction_minor
                from payment.refunds as x
                where
                    x.studio_id = r.studio_id
                    and x.registration_id = r.id
                    and x.status <> 'failed'
            ) as x
            where
                r.studio_id = f.studio_id and r.family_id = f.id and r.confirmation_id is not null
        ) as r
        cross join lateral (
            select
                coalesce(sum(case t.type when 'sale' then 1 else -1 end * t.amount_minor), 0)
                as paid_minor
            from payment.transactions as t
            inner join studio.studios as o on t.studio_id = o.id and t.currency = o.currency
            where
                t.studio_id = f.studio_id
                and t.family_id = f.id
                and t.type in ('sale', 'refund')
                and t.is_authorized
                and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
                and not exists (
                    select
                    from payment.transactions as v
                    where
                        v.studio_id = t.studio_id
                        and v.payment_id = t.payment_id
                        and v.type = 'void'
                        and v.is_authorized
                        and v.parent_gateway_id = t.gateway_id
                )
        ) as p
        cross join lateral (
            select coalesce(sum(o.amount_minor - o.refunded_minor), 0) as paid_minor
            from payment.offline_payments as o
            where o.studio_id = f.studio_id and o.family_id = f.id and o.status = 'received'
        ) as o
        cross join lateral (
            select coalesce(sum(i.waived_minor), 0) as waived_minor
            from payment.installments as i
            where i.studio_id = f.studio_id and i.family_id = f.id
        ) as w
        where l.owed_minor <> r.cost_minor - p.paid_minor - o.paid_minor - w.waived_minor
    """,
    "by the ledger a family has the credits that it has not spent": """
        select f.studio_id, f.id, l.credits_minor, c.granted_minor, u.used_minor
        from identity.families as f
        cross join lateral (
            select coalesce(sum(e.amount_minor), 0) as credits_minor
            from payment.ledger_entries as e
            where e.studio_id = f.studio_id and e.family_id = f.id and e.account = 'credits'
        ) as l
        cross join lateral (
            select coalesce(sum(c.amount_minor), 0) as granted_minor
            from pricing.credits as c
            where c.studio_id = f.studio_id and c.family_id = f.id
        ) as c
        cross join lateral (
            select coalesce(sum(u.amount_minor), 0) as used_minor
            from pricing.credit_uses as u
            where u.studio_id = f.studio_id and u.family_id = f.id and u.status = 'used'
        ) as u
        where - l.credits_minor <> c.granted_minor - u.used_minor
    """,
}

_BACKGROUND = {
    "ops.job_runs",
    "ops.applied_sources",
    "messaging.messages",
    "messaging.delivery_attempts",
    "messaging.receipts",
    "payment.gateway_calls",
}


# The last ones, and the snapshot they are of.
_seen: tuple[str, dict[str, tuple[int, int]]] = ("", {})


def _fingerprints(but: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    global _seen
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot, is_quiet = connection.execute(
            "select s::text, pg_snapshot_xmin(s) = pg_snapshot_xmax(s) from pg_current_snapshot() as s"
        ).fetchone()
        # Where no transaction has had a number since, and none is under way, there is nothing new.
        if not (is_quiet and snapshot == _seen[0]):
            _seen = (snapshot, _all_fingerprints(connection))
    return {name: seen for name, seen in _seen[1].items() if name not in {*but, *_BACKGROUND}}


def _all_fingerprints(connection: psycopg.Connection) -> dict[str, tuple[int, int]]:
    tables = connection.execute(
        "select n.nspname, c.relname from pg_class as c"
        " inner join pg_namespace as n on c.relnamespace = n.oid"
        " inner join pg_roles as r on n.nspname = r.rolname"
        " where c.relkind = 'r'"
    ).fetchall()
    assert tables, "no table was found"
    counts = [
        sql.SQL(
            # A row that is written, even as it was, has the number of who wrote it.
            "select {name}, count(*), coalesce(sum(t.xmin::text::bigint), 0) from {table} as t"
        ).format(name=sql.Literal(f"{schema}.{table}"), table=sql.Identifier(schema, table))
        for schema, table in tables
    ]
    rows = connection.execute(sql.SQL(" union all ").join(counts)).fetchall()
    return {name: (count, total) for name, count, total in rows}


# ---------------------------------------------------------------- answers


@cache
def error_register() -> dict[str, dict[str, Any]]:
    """Return every error code with its status and sentence, as the API tells them."""
    return {row["code"]: row for row in Caller("aydt").read("error_codes")}


def refused(response: requests.Response, code: str) -> dict[str, Any]:
    """Assert that the answer is this error of the register, in its one shape; return its body."""
    body = response.json()
    assert (response.status_code, body.get("code")) == (error_register()[code]["status"], code), (
        response.text
    )
    assert set(body) == {"code", "message", "details", "hint"}
    assert_readable(body["message"])
    return body


def assert_readable(message: str) -> None:
    """Assert that a message is a whole sentence for a parent, with nothing of the machine in it."""
    assert message[0].isupper(), message
    assert message.endswith("."), message
    assert "{" not in message and "_" not in message and "\n" not in message, message


def outcome(response: requests.Response) -> str:
    """Return "ok" or the error's code: for counting what became of many at once."""
    return "ok" if response.ok else str(response.json().get("code"))


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Do everything at the same moment, each in a thread of its own; return the results."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def await_blocked_by(
    connection: psycopg.Connection, seconds: float = 20, waiting: int = 1
) -> None:
    """Wait until other sessions wait for a lock of this connection's transaction.

    Arguments:
        waiting: how many; whoever waits for one of them counts, too.
    """
    query = """
        with recursive waiting (pid) as (
            select a.pid from pg_stat_activity as a where %(pid)s = any(pg_blocking_pids(a.pid))
            union
            select a.pid
            from waiting as w
            inner join pg_stat_activity as a on w.pid = any(pg_blocking_pids(a.pid))
        )

        select count(*) from waiting
    """
    until = time.monotonic() + seconds
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as observer:
        while (
            observer.execute(query, {"pid": connection.info.backend_pid}).fetchone()[0] < waiting
        ):
            assert time.monotonic() < until, "nobody waited"
            time.sleep(0.02)


# ---------------------------------------------------------------- tokens


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says, unverified."""
    return json.loads(_base64url_decode(token.split(".")[1]))


def sign(claims: Mapping[str, Any], secret: bytes | None = None, alg: str = "HS256") -> str:
    """Return a token with these claims, signed with the stack's own key unless another is given."""
    key = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "jwks.json").read_text())["keys"][-1]
    head = {"alg": alg, "typ": "JWT", "kid": key["kid"]}
    signed = f"{_base64url(json.dumps(head).encode())}.{_base64url(json.dumps(claims).encode())}"
    if alg == "none":
        return f"{signed}."
    secret = secret or _base64url_decode(key["k"])
    return f"{signed}.{_base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _base64url_decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
