"""The outside world of the payment tests: gateway, shim, inbox, books, and what can break.

    gateway = Gateway(elmst)                        # of one studio's merchant account
    registration = family.hold((family.student(), elmst.section()))
    session = open_session(family, registration)    # POST /payments/sessions
    gateway.pay(session)                            # the parent fills in the hosted page
    eventually(lambda: status_of(registration) == "confirmed")
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import requests
from psycopg import sql
from psycopg.rows import dict_row

from tests.py.support import Family, Studio, login_url
from tools.cluster import Cluster
from tools.services import ROOT, Services
from tools.stack import Stack

APPROVED = "4546341111111119"
DECLINED = "4380564306105898"
# Nobody else in the tests has this name, so that it can be looked for wherever it must not be.
HOLDER = "Quentin Xylander"
BACK = "https://studio.example/back"
CANCEL = "https://studio.example/cancel"

_PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.05

Found = TypeVar("Found")

http = requests.Session()
# Proxies are about other machines than this one.
http.trust_env = False


# ---------------------------------------------------------------- time


def eventually(found: Callable[[], Found], seconds: float = _PATIENCE_SECONDS) -> Found:
    """Return the first true result. Meanwhile whatever waits for its next try has it at once."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        hurry()
        time.sleep(_POLL_SECONDS)
    return result


def hurry() -> None:
    """Let the time pass that calls and messages wait before their next try, and wake the courier.

    Nothing while the database is away.
    """
    with contextlib.suppress(psycopg.OperationalError):
        run_as_superuser(
            "update payment.gateway_calls set next_attempt_at = now()"
            " where status = 'queued' and next_attempt_at > now();"
            " update messaging.messages set next_attempt_at = now()"
            " where status = 'queued' and next_attempt_at > now();"
            " notify callboard_outbox"
        )


def let_leases_run_out() -> None:
    """Let the time pass for which calls and messages belong to whoever has claimed them."""
    run_as_superuser(
        "update payment.gateway_calls set leased_until = now() - interval '1 second'"
        " where leased_until is not null;"
        " update messaging.messages set leased_until = now() - interval '1 second'"
        " where leased_until is not null"
    )


# The schemas whose rows tell of what has happened; those of others say what there is to be had.
_AGEING = ("enrollment", "payment", "messaging")


def let_time_pass(gateway: Gateway, seconds: float) -> None:
    """Let everything that payments, enrollments and messages remember lie further back.

    At the gateway and in the books alike, so that both clocks go on agreeing. The dates of classes
    stay, so this is for days, not for months.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with _connection().transaction():
                _age_books(seconds)
            break
        except psycopg.errors.LockNotAvailable:
            assert time.monotonic() < deadline, "somebody keeps the books locked"
    gateway.control("POST", "/age", {"seconds": seconds})


def _age_books(seconds: float) -> None:
    """Age every row, in no order of locks: giving up before anybody else is taken for a deadlock."""
    run_as_superuser("set local session_replication_role = replica; set local lock_timeout = 100")
    for table in rows(_AGEING_COLUMNS, list(_AGEING)):
        changes = sql.SQL(", ").join(
            sql.SQL("{0} = {0} - {1}").format(sql.Identifier(column), timedelta(seconds=seconds))
            for column in table["columns"]
        )
        name = sql.Identifier(table["schema"], table["name"])
        _connection().execute(sql.SQL("update {} set {}").format(name, changes))
    for call in rows(
        "select c.id, c.purpose, c.path, c.resource, c.body::text from payment.gateway_calls as c"
        " where c.status in ('queued', 'claimed') order by c.id"
    ):
        _connection().execute(
            "update payment.gateway_calls set path = %s, resource = %s, body = %s where id = %s",
            (
                *(_aged(call[column], seconds) for column in ("path", "resource", "body")),
                call["id"],
            ),
        )
        if call["purpose"].startswith("list_"):
            # The answer that is under way tells of other times than those it will be taken for.
            _connection().execute(
                "update payment.gateway_calls"
                " set status = 'queued', lease_token = null, leased_until = null where id = %s",
                (call["id"],),
            )


def _aged(text: str | None, seconds: float) -> str | None:
    """Return a text in which every time stamp is so many seconds earlier."""

    def earlier(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0]) - timedelta(seconds=seconds)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    return text and re.sub(
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00(:00)?)", earlier, text
    )


_AGEING_COLUMNS = """
    select n.nspname as schema, c.relname as name, array_agg(a.attname::text) as columns
    from pg_attribute as a
    inner join pg_class as c on a.attrelid = c.oid
    inner join pg_namespace as n on c.relnamespace = n.oid
    where
        n.nspname = any (%s)
        and c.relkind = 'r'
        and a.atttypid = 'timestamptz'::regtype
        and a.attnum > 0
        and a.attgenerated = ''
        and not a.attisdropped
    group by 1, 2
    order by 1, 2
"""


def run_jobs() -> None:
    """Run every job there is, each as pg_cron does."""
    commands = rows("select j.command from cron.job as j order by j.jobname")
    with psycopg.connect(login_url("scheduler"), autocommit=True) as connection:
        for job in commands:
            connection.execute(job["command"])


def end_session(payment_id: int) -> None:
    """Let the time of a payment's session run out, on our side of it."""
    run_as_superuser(
        "update payment.payments set session_ends_at = now() - interval '1 second'"
        f" where id = {payment_id}"
    )


def rest() -> None:
    """Wait until no call and no message is under way any more."""
    eventually(
        lambda: not rows(
            "select from payment.gateway_calls where status in ('queued', 'claimed')"
            " union all select from messaging.messages where status in ('queued', 'sending')"
        )
    )


# ---------------------------------------------------------------- the books


_open_connections: list[psycopg.Connection[dict[str, Any]]] = []


def _connection() -> psycopg.Connection[dict[str, Any]]:
    """Return the superuser's connection; crash_postgres() closes it."""
    if _open_connections and _open_connections[0].closed:
        _open_connections.clear()
    if not _open_connections:
        _open_connections.append(
            psycopg.connect(
                os.environ["DATABASE_URL"],
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=5,
            )
        )
    return _open_connections[0]


def rows(query: str | sql.Composed, *arguments: Any) -> list[dict[str, Any]]:
    """Return the rows of a query over the books of all studios."""
    return _connection().execute(query, arguments).fetchall()


def run_as_superuser(statements: str) -> None:
    """Change the database itself, as only a test may: all of it or nothing."""
    _connection().execute(statements)


def status_of(registration: dict[str, Any]) -> str:
    """Return the status of a registration."""
    return rows(
        "select r.status from enrollment.registrations as r where r.id = %s",
        registration["registration_id"],
    )[0]["status"]


def payments_of(registration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the payments of a registration, oldest first."""
    return rows(
        "select p.* from payment.payments as p where p.registration_id = %s order by p.id",
        registration["registration_id"],
    )


def transactions_of(registration: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return type, state and amount of what the gateway said of a registration, oldest first."""
    return [
        (row["type"], row["state"], row["amount_minor"])
        for row in rows(
            "select t.type, t.state, t.amount_minor from payment.transactions as t"
            " inner join payment.payments as p"
            " on t.studio_id = p.studio_id and t.payment_id = p.id"
            " where p.registration_id = %s order by t.id",
            registration["registration_id"],
        )
    ]


def events_of(resource_id: str) -> list[dict[str, Any]]:
    """Return the notices we have recorded about one resource of the gateway's, oldest first."""
    return rows(
        "select e.* from payment.gateway_events as e where e.resource_id = %s order by e.id",
        resource_id,
    )


def messages_of(registration: dict[str, Any], to_staff: bool = False) -> list[dict[str, Any]]:
    """Return the messages to the family about a registration, or those to staff, oldest first."""
    return rows(
        "select m.* from messaging.messages as m where m.registration_id = %s"
        " and %s <> exists (select from identity.guardians as g"
        " where g.studio_id = m.studio_id and g.family_id = m.family_id"
        " and g.account_id = m.account_id) order by m.id",
        registration["registration_id"],
        to_staff,
    )


def assert_confirmed_once(registration: dict[str, Any]) -> None:
    """Wait until a registration is confirmed and its messages are sent: once, and nothing twice."""
    eventually(lambda: status_of(registration) == "confirmed")
    rest()
    assert status_of(registration) == "confirmed"
    confirmations = rows(
        "select c.cause, c.amount_minor from enrollment.confirmations as c"
        " where c.registration_id = %s",
        registration["registration_id"],
    )
    assert confirmations == [
        {"cause": "transaction", "amount_minor": registration["total_minor"]}
    ]
    seats = rows(
        "select distinct s.status from enrollment.seats as s inner join enrollment.enrollments as e"
        " on s.studio_id = e.studio_id and s.enrollment_id = e.id where e.registration_id = %s",
        registration["registration_id"],
    )
    assert seats == [{"status": "confirmed"}]
    assert [p["status"] for p in payments_of(registration)] == ["authorized"]
    # The provider may have told by now that it arrived, where a test lets it.
    codes = {(m["template_code"], m["status"]) for m in messages_of(registration)}
    assert codes and codes <= {
        ("registration_confirmed", status) for status in ("sent", "delivered")
    }


# ---------------------------------------------------------------- the shim


def ask_for_session(
    family: Family,
    registration_id: Any,
    *,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> requests.Response:
    """POST /payments/sessions; fields replace or add to those of the body."""
    return http.post(
        f"{os.environ['THIN_API_URL']}/payments/sessions",
        json={
            "registration_id": registration_id,
            "return_url": BACK,
            "cancel_url": CANCEL,
            **fields,
        },
        headers=headers
        if headers is not None
        else {"Authorization": f"Bearer {family.api.token}", "X-Studio": family.studio.slug},
        timeout=40,
    )


def open_session(family: Family, registration: dict[str, Any]) -> dict[str, Any]:
    """Begin to pay a registration and return the session."""
    response = ask_for_session(family, registration["registration_id"])
    assert response.status_code == 201, response.text
    return response.json()


def basic(user: str, password: str) -> str:
    """Return an Authorization header."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


# ---------------------------------------------------------------- the gateway's side


class Gateway:
    """The gateway as one studio's merchant account sees it, and the switches that break it."""

    def __init__(self, studio: Studio) -> None:
        self.url = os.environ["SANDBOX_URL"]
        known = json.loads((Path(os.environ["CALLBOARD_STACK_DIR"]) / "secrets.json").read_text())
        self.merchant: dict[str, str] = known["merchants"][studio.slug.upper()]

    # As a merchant does, with the secret key.

    def api(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Call the gateway as the merchant; the call is expected to succeed."""
        response = http.request(
            method,
            f"{self.url}/epg{path}",
            data=None if body is None else json.dumps(body),
            headers={
                "Accept": "application/json;charset=UTF-8",
                "Accept-Version": "1",
                "Content-Type": "application/json",
                "Authorization": basic(self.merchant["alias"], self.merchant["secret_key"]),
            },
            timeout=10,
        )
        assert response.ok, response.text
        return response.json()

    def session(self, payment: dict[str, Any]) -> dict[str, Any]:
        """Return the gateway's session of a payment (a row of the books)."""
        return self.api("GET", f"/payment-sessions/{payment['session_ref']}")

    def sale_of(self, payment: dict[str, Any]) -> dict[str, Any]:
        """Return the latest sale that a payment's page has made."""
        return self.api("GET", f"/transactions/{_last(self.session(payment)['transaction'])}")

    def forge(self, payment: dict[str, Any], amount: str, **fields: Any) -> dict[str, Any]:
        """Make an authorized sale under a payment's reference, over another amount."""
        return self.api(
            "POST",
            "/transactions",
            {
                "total": {"amount": amount, "currencyCode": "USD"},
                "orderReference": payment["reference"],
                "shopperInteraction": "telephoneOrder",
                "card": {
                    "holderName": HOLDER,
                    "number": APPROVED,
                    "expirationMonth": 12,
                    "expirationYear": date.today().year + 3,
                    "securityCode": "123",
                },
                **fields,
            },
        )

    # As a parent does.

    def pay(self, session: dict[str, Any], number: str = APPROVED) -> int:
        """Fill in the hosted page; return 303 when the card was taken, 402 when declined."""
        return http.post(
            session["session_url"],
            data={
                "holderName": HOLDER,
                "number": number,
                "expirationMonth": "12",
                "expirationYear": str(date.today().year + 3),
                "securityCode": "123",
            },
            allow_redirects=False,
            timeout=10,
        ).status_code

    # As the gateway itself.

    def notify(
        self, body: Any, *, raw: bytes | None = None, authorization: str | bytes | None = None
    ) -> requests.Response:
        """Send a notice to our webhook, by default with the merchant's credentials."""
        own = basic(self.merchant["webhook_user"], self.merchant["webhook_password"])
        return http.post(
            f"{os.environ['THIN_API_URL']}/webhooks/epg",
            data=json.dumps(body).encode() if raw is None else raw,
            headers={
                "Content-Type": "application/json",
                "Authorization": own if authorization is None else authorization,
            },
            timeout=60,
        )

    def notice(self, resource_id: str, **fields: Any) -> dict[str, Any]:
        """Return a notice about a transaction, of the gateway's form; fields replace its own."""
        host = "https://gw.sandbox.invalid"
        return {
            "href": f"{host}/notifications/{resource_id}n",
            "id": f"{resource_id}n",
            "merchant": f"{host}/merchants/{self.merchant['merchant_id']}",
            "createdAt": "2026-01-05T10:00:00.000Z",
            "eventType": "saleAuthorized",
            "resourceType": "transaction",
            "resource": f"{host}/transactions/{resource_id}",
            **fields,
        }

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control door; one call may deliver hundreds of notices."""
        response = http.request(method, f"{self.url}/control{path}", json=body, timeout=600)
        assert response.ok, response.text
        return response.json()

    def faults(self, **sections: dict[str, Any]) -> None:
        """Set switches; all others are back to normal.

        But that nothing is told of messages afterwards unless it is asked for, so that one that was
        sent stays so.
        """
        quiet = {"outcome": None}
        self.control(
            "PUT",
            "/faults",
            {
                **sections,
                "twilio": quiet | sections.get("twilio", {}),
                "resend": quiet | sections.get("resend", {}),
            },
        )

    def deliver(self, seconds: float = 0) -> None:
        """Deliver the notices that are due, or will be some seconds from now."""
        self.control("POST", "/advance", {"seconds": seconds})

    def deliveries_of(self, *resource_ids: str) -> list[dict[str, Any]]:
        """Return the deliveries of the notices about some resources, oldest first."""
        return [
            each
            for each in self.control("GET", "/deliveries")
            if _last(each["resource"]) in resource_ids
        ]

    def redeliver(self, delivery: dict[str, Any], times: int = 1, concurrently: bool = False) \
            -> list[int | None]:
        """Send a notice again; return the answers' statuses."""
        attempts = self.control(
            "POST",
            f"/notifications/{delivery['notification']}/redeliver",
            {"times": times, "concurrently": concurrently},
        )
        return [attempt["status"] for attempt in attempts]

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls the gateway has got, of any merchant, oldest first."""
        return [each for each in self.control("GET", "/requests") if each["id"] > since]

    def mark(self) -> int:
        """Return the number of the latest call, for `requests`."""
        return max((each["id"] for each in self.control("GET", "/requests")), default=0)

    def inbox(self, to: str) -> list[dict[str, Any]]:
        """Return what was sent to an address or number, oldest first."""
        # Chosen here: an address in the query would come to stand in the sandbox's log.
        sent = http.get(
            f"{self.url}/inbox", headers={"Accept": "application/json"}, timeout=10
        ).json()
        return [message for message in reversed(sent) if to in message["to"]]


def _last(href: str) -> str:
    return href.rpartition("/")[2]


# ---------------------------------------------------------------- crashes


def _run_dir() -> Path:
    return Path(os.environ["CALLBOARD_STACK_DIR"])


def crash_postgres(meanwhile: Callable[[], Any] = lambda: None) -> None:
    """Stop Postgres as a power cut would, and start it again on the same port."""
    cluster = Cluster(_run_dir())
    while _open_connections:
        _open_connections.pop().close()
    cluster.stop("immediate")
    try:
        meanwhile()
    finally:
        cluster.start(die_with_parent=True)


def pid_of(service: str) -> int:
    """Return the process id of a running service."""
    process = Services(_run_dir()).process(service)
    assert process is not None, f"{service} does not run"
    return process.pid


def kill(service: str) -> None:
    """Kill a service as if its machine had died: also what it was about to do at the database."""
    os.kill(pid_of(service), signal.SIGKILL)
    rows(
        "select pg_terminate_backend(a.pid) from pg_stat_activity as a"
        " where a.application_name = %s",
        f"callboard {service}",
    )


def repair() -> None:
    """Start again what was killed, as `tools.stack up` does."""
    Stack(_run_dir(), throwaway=True).up()


@contextlib.contextmanager
def paused(*pids: int) -> Iterator[None]:
    """Let processes stand still meanwhile."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def locked(table: str) -> Iterator[None]:
    """Let everybody who wants to write a table wait meanwhile."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(f"lock table {table} in exclusive mode")
        yield


@contextlib.contextmanager
def second_courier() -> Iterator[int]:
    """Run one more courier, by the same command in the same environment; yield its process id."""
    process = Path("/proc") / str(pid_of("courier"))
    command, environment = (
        [word for word in (process / name).read_text().split("\0") if word]
        for name in ("cmdline", "environ")
    )
    log = Path(os.environ["CALLBOARD_LOG_DIR"]) / "second-courier.log"
    with log.open("ab") as output:
        courier = subprocess.Popen(
            command,
            env=dict(pair.split("=", 1) for pair in environment),
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            eventually(lambda: "listening" in log.read_text())
            yield courier.pid
        finally:
            courier.terminate()
            courier.wait(timeout=30)
