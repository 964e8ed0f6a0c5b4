"""What must be true after a fault run: the gateway's books, ours and the ledger say the same."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.py.payments.support import APPROVED, DECLINED, HOLDER, rows

if TYPE_CHECKING:
    from tests.py.payments.fault_run import FaultRun

# What Postgres must never have to say.
DEFECT = re.compile(r"deadlock detected|violates|PANIC|could not serialize")

# Why a family may be refused although nothing is wrong with us.
EXPECTED = {
    "already_in_cart",
    "seat_unavailable",
    "waitlist_only",
    "hold_expired",
    "registration_expired",
    "registration_not_pending",
    "registration_closed",
    "payment_under_way",
    "payment_refused",
}

LIVE = ("authorized", "captured", "settled", "settlementDelayed")


class Audit:
    """Looks at everything that a run has left behind, when it has come to rest."""

    def __init__(self, run: FaultRun) -> None:
        self.run = run

    def problems(self) -> list[str]:
        """Return everything that is wrong."""
        at_gateway = {each["id"]: each for each in self.run.transactions()}
        in_books = {
            row["gateway_id"]: row
            for row in rows(
                "select t.*, p.registration_id from payment.transactions as t"
                " inner join payment.payments as p"
                " on t.studio_id = p.studio_id and t.payment_id = p.id"
                " where p.registration_id = any (%s)",
                self.run.registration_ids,
            )
        }
        return [
            *self._money_problems(at_gateway, in_books),
            *self._registration_problems(at_gateway, in_books),
            *self._ledger_problems(at_gateway, in_books),
            *self._message_problems(),
            *self._work_list_problems(),
            *self._log_problems(),
            *self._answer_problems(),
        ]

    def _money_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """Every cent that the gateway has taken or given back is in the books, and no other."""
        for gateway_id, there in at_gateway.items():
            if not there["isAuthorized"]:
                continue
            here = in_books.get(gateway_id)
            if here is None:
                yield f"the books know nothing of {there['type']} {gateway_id}: {there['state']}"
            elif here["amount_minor"] != _minor(there["total"]):
                yield f"another amount of {gateway_id} in the books"
            elif _is_live(there["state"]) != _is_live(here["state"]):
                yield f"{gateway_id} is {there['state']} there, {here['state']} here"
        for gateway_id, here in in_books.items():
            if here["is_authorized"] and gateway_id not in at_gateway:
                yield f"the gateway knows nothing of {gateway_id}"

    def _registration_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """Confirmed is what is paid, once, and has its seats; nothing else has money or seats."""
        net: Counter[int] = Counter()
        sales: Counter[int] = Counter()
        returned: Counter[str] = Counter()
        for there in at_gateway.values():
            if there["type"] == "refund" and there["isAuthorized"] and _is_live(there["state"]):
                returned[there["parentTransaction"].rpartition("/")[2]] += _minor(there["total"])
        for gateway_id, there in at_gateway.items():
            if gateway_id in in_books and there["isAuthorized"] and _is_live(there["state"]):
                registration_id = in_books[gateway_id]["registration_id"]
                if there["type"] == "sale":
                    net[registration_id] += _minor(there["total"])
                    # A second one that was settled before anybody heard of it is refunded.
                    sales[registration_id] += returned[gateway_id] < _minor(there["total"])
                elif there["type"] == "refund":
                    net[registration_id] -= _minor(there["total"])
        for row in rows(REGISTRATIONS, self.run.registration_ids):
            name = f"registration {row['id']} ({row['status']})"
            paid = net[row["id"]]
            if paid != row["paid_minor"]:
                yield f"{name}: {paid} at the gateway, {row['paid_minor']} in the books"
            if row["status"] == "confirmed":
                if paid + row["offline_minor"] != row["cost_minor"]:
                    by_hand = row["offline_minor"]
                    yield f"{name}: costs {row['cost_minor']}, paid {paid} and {by_hand} by hand"
                if row["id"] not in self.run.given_back and not row["offline_minor"] and (
                    sales[row["id"]] != row["parts"]
                ):
                    yield f"{name}: {row['parts']} parts, paid by {sales[row['id']]} sales"
                if row["open_parts"]:
                    yield f"{name}: {row['open_parts']} parts are still open"
                if row["confirmations"] != 1:
                    yield f"{name}: {row['confirmations']} confirmations"
                if row["enrollments"] != row["seated"] or not row["enrollments"]:
                    yield f"{name}: {row['enrollments']} enrollments, {row['seated']} with seats"
            elif row["status"] == "pending_payment":
                yield f"{name} is still open"
            else:
                if paid + row["offline_minor"]:
                    yield f"{name}: paid {paid} and {row['offline_minor']} by hand"
                if row["seated"]:
                    yield f"{name} has seats"

    def _ledger_problems(
        self, at_gateway: dict[str, Any], in_books: dict[str, Any]
    ) -> Iterator[str]:
        """The ledger holds the cents that the gateway holds, and owes nobody any."""
        family_ids = [client.family.id for client in self.run.clients]
        balance = {
            row["account"]: int(row["balance"]) for row in rows(BALANCES, family_ids)
        }
        held = sum(
            _minor(there["total"]) * {"sale": 1, "refund": -1, "void": 0}[there["type"]]
            for gateway_id, there in at_gateway.items()
            if there["isAuthorized"] and _is_live(there["state"])
        )
        held += sum(row["offline_minor"] for row in rows(REGISTRATIONS, self.run.registration_ids))
        posted = balance.get("cash", 0) + balance.get("cash_in_transit", 0)
        if posted != held:
            yield f"{held} at the gateway and by hand, {posted} in the ledger"
        if sum(balance.values()):
            yield f"the ledger is out of balance by {sum(balance.values())}"
        for account in ("receivable", "unapplied"):
            if balance.get(account, 0):
                yield f"{balance[account]} left on {account}"
                for row in rows(LEFT, account, family_ids):
                    yield f"  family {row['family_id']}: {row['postings']}"

    def _message_problems(self) -> Iterator[str]:
        """Each confirmed family was told once by e-mail; nobody else was told that."""
        for row in rows(TOLD, self.run.registration_ids):
            wanted = 1 if row["status"] == "confirmed" else 0
            if row["mails"] != wanted and row["status"] != "refunded":
                name = f"registration {row['id']} ({row['status']})"
                yield f"{name}: {row['mails']} confirmations sent"
        for row in rows(MAILS, [client.family.id for client in self.run.clients]):
            [email] = [c.family.email for c in self.run.clients if c.family.id == row["family_id"]]
            came = len(self.run.gateway.inbox(email))
            # Of one that was given up nobody knows whether it came.
            if not row["sent"] <= came <= row["sent"] + row["failed"]:
                yield f"family {row['family_id']} got {came} e-mails: {row['sent']} were sent"

    def _work_list_problems(self) -> Iterator[str]:
        for row in self.run.staff.read("incidents"):
            if row["registration_id"] in (None, *self.run.registration_ids):
                yield f"left for staff: {row['kind']} {row['details']}"

    def _log_problems(self) -> Iterator[str]:
        """No log and no report of an error names anybody; nobody was caught in a deadlock."""
        personal = {
            "card number": APPROVED,
            "declined card number": DECLINED,
            "card holder": HOLDER,
            "gateway key": self.run.gateway.merchant["secret_key"],
            "webhook password": self.run.gateway.merchant["webhook_password"],
        }
        written = {log.name: _tail(log, self.run.logs.get(log, 0)) for log in logs()}
        written["reports of errors"] = self.run.reports.text()
        everybody = [personal, *(client.personal() for client in self.run.clients)]
        for name, text in written.items():
            for person in everybody:
                for what, value in person.items():
                    if value in text:
                        yield f"{name} holds a {what}"
        for line in written["postgres.log"].splitlines():
            if DEFECT.search(line):
                yield f"postgres.log: {line}"

    def _answer_problems(self) -> Iterator[str]:
        """Nobody was refused for a reason that is none."""
        for client in self.run.clients:
            for what, status, code in client.refusals:
                if code not in EXPECTED:
                    yield f"family {client.story.number} was refused: {what} {status} {code}"


def _minor(money: dict[str, str]) -> int:
    return int(Decimal(money["amount"]) * 100)


def _is_live(state: str) -> bool:
    return state in LIVE


def logs() -> list[Path]:
    return sorted(Path(os.environ["CALLBOARD_LOG_DIR"]).glob("*.log"))


def _tail(log: Path, since: int) -> str:
    with log.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace")


# Each posting on an account, of families of which something is left there.
LEFT = """
    select
        e.family_id,
        string_agg(
            concat_ws(' ', p.source, p.registration_id, e.amount_minor), ', ' order by p.id
        ) as postings
    from payment.ledger_entries as e
    inner join payment.ledger_postings as p on e.studio_id = p.studio_id and e.posting_id = p.id
    where e.account = %s and e.family_id = any (%s)
    group by e.family_id
    having sum(e.amount_minor) <> 0
"""

BALANCES = """
    select e.account, sum(e.amount_minor) as balance
    from payment.ledger_entries as e
    where e.family_id = any (%s)
    group by e.account
"""

REGISTRATIONS = """
    select
        r.id,
        r.status,
        r.total_minor + coalesce((
            select sum(c.price_change_minor)
            from enrollment.changes as c
            inner join enrollment.enrollments as e
                on c.studio_id = e.studio_id and c.enrollment_id = e.id
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ), 0) - coalesce((
            select sum(f.price_reduction_minor)
            from payment.refunds as f
            where
                f.studio_id = r.studio_id and f.registration_id = r.id and f.status <> 'failed'
        ), 0) as cost_minor,
        coalesce((
            select sum(o.amount_minor - o.refunded_minor)
            from payment.offline_payments as o
            where
                o.studio_id = r.studio_id
                and o.registration_id = r.id
                and o.status = 'received'
        ), 0) as offline_minor,
        coalesce((
            select sum(case t.type when 'sale' then t.amount_minor else -t.amount_minor end)
            from payment.payments as p
            inner join payment.transactions as t
                on p.studio_id = t.studio_id and p.id = t.payment_id
            where
                p.studio_id = r.studio_id
                and p.registration_id = r.id
                and t.type in ('sale', 'refund')
                and t.is_authorized
                and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
        ), 0) as paid_minor,
        greatest(1, (
            select count(*)
            from payment.installments as i
            where
                i.studio_id = r.studio_id and i.registration_id = r.id and i.amount_minor > 0
        )) as parts,
        (
            select count(*)
            from payment.installments as i
            where
                i.studio_id = r.studio_id
                and i.registration_id = r.id
                and i.status not in ('paid', 'waived')
        ) as open_parts,
        (
            select count(*)
            from enrollment.confirmations as c
            where c.studio_id = r.studio_id and c.registration_id = r.id
        ) as confirmations,
        (
            select count(*)
            from enrollment.enrollments as e
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ) as enrollments,
        (
            select count(distinct s.enrollment_id)
            from enrollment.enrollments as e
            inner join enrollment.seats as s
                on e.studio_id = s.studio_id and e.id = s.enrollment_id
            where e.studio_id = r.studio_id and e.registration_id = r.id
        ) as seated
    from enrollment.registrations as r
    where r.id = any (%s)
    order by r.id
"""

MAILS = """
    select
        m.family_id,
        count(*) filter (where m.status in ('sent', 'delivered', 'bounced', 'complained')) as sent,
        count(*) filter (where m.status = 'failed') as failed
    from messaging.messages as m
    inner join identity.guardians as g
        on m.studio_id = g.studio_id and m.family_id = g.family_id and m.account_id = g.account_id
    where m.channel = 'email' and m.family_id = any (%s)
    group by m.family_id
"""

TOLD = """
    select
        r.id,
        r.status,
        (
            select count(*)
            from messaging.messages as m
            where
                m.studio_id = r.studio_id
                and m.registration_id = r.id
                and m.template_code = 'registration_confirmed'
                and m.channel = 'email'
                and m.status in ('sent', 'delivered', 'bounced', 'complained')
        ) as mails
    from enrollment.registrations as r
    where r.id = any (%s)
    order by r.id
"""
