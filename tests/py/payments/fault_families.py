"""The families of a fault run: they act through the API, the shim and the hosted page alone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from demo.api import Refused
from tests.py.payments.fault_stories import MINUTE, Story
from tests.py.payments.support import APPROVED, DECLINED, ask_for_session
from tests.py.support import Family

if TYPE_CHECKING:
    from tests.py.payments.fault_run import FaultRun

MOST_ROUNDS = 4
MOST_LOOKS = 20
PATIENCE_SECONDS = 30

Found = TypeVar("Found")


class Client:
    """A family on its way through its story. `refusals` keeps every code it was answered."""

    def __init__(self, run: FaultRun, story: Story) -> None:
        self.run = run
        self.story = story
        self.parent = f"Wilhelmina{secrets.token_hex(4)}"
        self.children = [f"Thelonius{secrets.token_hex(4)}" for _ in range(story.students)]
        self.phone = f"+1{secrets.randbelow(8 * 10**9) + 2 * 10**9}"
        self.family: Family = run.studio.family(
            full_name=f"{self.parent} Featherstonehaugh", phone=self.phone, sms_opt_in=story.sms
        )
        self.student_ids = [self.family.student(name) for name in self.children]
        self.refusals: list[tuple[str, int, str | None]] = []
        self.registration: dict[str, Any] = {}
        self.session: dict[str, Any] = {}
        self.trail: list[str] = []

    def personal(self) -> dict[str, str]:
        """Return what no log and no report may hold."""
        return {
            "parent": self.parent,
            "e-mail address": self.family.email,
            "phone number": self.phone,
            "token": self.family.api.token,
            "signature of the token": self.family.api.token.rpartition(".")[2],
            **{f"child {number}": name for number, name in enumerate(self.children)},
        }

    # As people do: again and again while nothing answers.

    def patiently(self, what: str, act: Callable[[], Found]) -> Found | None:
        """Do something until it is done or refused; None: refused. Time-outs are tried again.

        A family that is told that its payment is under way looks again a few times.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        looks = MOST_LOOKS
        while True:
            try:
                return act()
            except requests.RequestException:
                pass
            except Refused as refusal:
                looks -= refusal.code == "payment_under_way"
                if not is_outage(refusal) and not (
                    refusal.code == "payment_under_way" and looks and not self.run.is_over
                ):
                    self.refusals.append((what, refusal.status, refusal.code))
                    self.trail.append(f"{what}: {refusal.code}")
                    return None
            if self.run.is_over or time.monotonic() > deadline:
                self.trail.append(f"{what}: lost patience")
                return None
            time.sleep(0.2)

    def play(self) -> None:
        """Live the story: a family that is told to start over does so, a few times."""
        for _ in range(MOST_ROUNDS):
            if not self.check_out():
                return
            if self.behave():
                return
            time.sleep(0.5)

    def check_out(self) -> bool:
        """Have a registration that can be paid, the one there is or a new one."""
        if self.registration and self.status() == "pending_payment":
            return True
        if self.registration and self.status() == "confirmed":
            return False
        key = secrets.token_hex(16)
        items = [
            (student_id, self.run.catalogue.section_ids[choice])
            for student_id, choice in zip(
                self.student_ids, self.story.section_choices, strict=False
            )
        ]
        cart_id = self.fill_cart(items)
        if cart_id is None:
            return False
        quote = self.patiently(
            "quote",
            lambda: self.family.api.call(
                "quote", cart_id=cart_id, plan_code=self.story.plan_code
            ),
        )
        if quote is None:
            return False
        registration = self.patiently(
            "checkout",
            lambda: self.family.api.call(
                "checkout", cart_id=cart_id, quote_id=quote["quote_id"], idempotency_key=key
            ),
        )
        if registration is None:
            return False
        self.registration = {**registration, "due_minor": quote["schedule"][0]["amount_minor"]}
        self.run.registration_ids.append(registration["registration_id"])
        self.trail.append(f"checked out {registration['registration_id']}")
        return True

    def fill_cart(self, items: list[tuple[int, int]]) -> int | None:
        """Have everything in the cart; what went in before its answer was lost is there already."""
        api = self.family.api
        cart_id = self.patiently(
            "open cart", lambda: api.call("open_cart", term_id=self.run.studio.term_id)
        )
        for student_id, section_id in items:
            wanted = {"cart_id": cart_id, "student_id": student_id, "section_id": section_id}
            put = cart_id and self.patiently(
                "put", lambda wanted=wanted: api.call("put_cart_item", **wanted) or True
            )
            if put is None and self.refusals[-1:] != [("put", 409, "already_in_cart")]:
                return None
        return cart_id

    def status(self) -> str | None:
        """Return the status of the registration, as the family sees it."""
        found = self.patiently(
            "look",
            lambda: self.family.api.read(
                "registrations", id=f"eq.{self.registration['registration_id']}"
            ),
        )
        return found[0]["status"] if found else None

    # Steps --------------------------------------------------------------------------------------

    def open_page(self, **wanted: Any) -> bool:
        """Ask the shim for a page to pay on."""

        def ask() -> dict[str, Any]:
            response = ask_for_session(
                self.family, self.registration["registration_id"], **wanted
            )
            if not response.ok:
                raise Refused(response)
            return response.json()

        session = self.patiently("page", ask)
        if session is None:
            return False
        self.session = session
        return True

    def enter_card(self, number: str = APPROVED) -> int:
        """Fill in the page; return what it said."""
        time.sleep(self.story.dawdles)
        said = self.run.gateway.pay(self.session, number)
        self.trail.append(f"card {'approved' if number == APPROVED else 'bad'}: {said}")
        if said == 303 and self.story.comes_back:
            self.come_back()
        return said

    def come_back(self) -> None:
        """Arrive at the studio's page again, which asks what became of the payment."""
        self.patiently(
            "come back",
            lambda: self.family.api.call("check_payment", payment_id=self.session["payment_id"]),
        )

    def pay(self) -> bool:
        """Go to the page and pay; False: it is too late for this one."""
        return self.open_page() and self.enter_card() in (303, 409)

    # Behaviours: True when the family is done, False when it starts over. -------------------------

    def behave(self) -> bool:
        name = "does_" + self.story.behaviour.replace(" ", "_")
        done: bool = getattr(self, name)()
        return done

    def does_pays(self) -> bool:
        return self.pay()

    def does_pays_after_a_decline(self) -> bool:
        if not self.open_page() or self.enter_card(DECLINED) not in (402, 409):
            return False
        return self.enter_card() in (303, 409)

    def does_is_declined(self) -> bool:
        return self.open_page() and self.enter_card(DECLINED) in (402, 409)

    def does_leaves_the_page(self) -> bool:
        self.open_page()
        return True

    def does_never_asks_for_a_page(self) -> bool:
        return True

    def does_gives_up(self) -> bool:
        self.open_page()
        self.patiently(
            "give up",
            lambda: self.family.api.call(
                "abandon_checkout", registration_id=self.registration["registration_id"]
            ),
        )
        return True

    def does_gives_up_and_pays_all_the_same(self) -> bool:
        if self.open_page():
            self.patiently(
                "give up",
                lambda: self.family.api.call(
                    "abandon_checkout", registration_id=self.registration["registration_id"]
                ),
            )
            self.enter_card()
        return True

    def does_asks_twice_at_once(self) -> bool:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: self.open_page(), range(2)))
        return self.pay()

    def does_pays_twice(self) -> bool:
        """Once on the page, once by a clerk at the gateway who knew the reference."""
        if not self.pay():
            return False
        self.forge(self.amount())
        return True

    def does_pays_another_amount_first(self) -> bool:
        if not self.open_page():
            return False
        self.forge(self.amount() - 1)
        return self.enter_card() in (303, 409)

    def does_pays_and_is_held_for_review(self) -> bool:
        self.run.gateway.control("PATCH", "/faults", {"epg": {"hold_for_review": 1}})
        return self.pay()

    def does_pays_and_stays_pending(self) -> bool:
        self.run.gateway.control("PATCH", "/faults", {"epg": {"leave_pending": 1}})
        return self.pay()

    def does_cuts_it_fine(self) -> bool:
        """The page is opened, and paid after so long that it may have ended."""
        if not self.open_page():
            return False
        self.run.pass_time(9 * MINUTE + 50)
        return self.enter_card() in (303, 409)

    def does_pays_in_parts(self) -> bool:
        if not self.pay():
            return False
        self.come_back()
        return True

    def does_pays_in_parts_and_never_comes_back(self) -> bool:
        return self.pay()

    def does_pays_in_parts_after_a_bad_card(self) -> bool:
        """The page takes any card; that this one is declined shows when it is charged."""
        if not self.open_page() or self.enter_card(DECLINED) not in (303, 409):
            return False
        self.come_back()
        declined = self.session["payment_id"]
        deadline = time.monotonic() + PATIENCE_SECONDS / 2
        while not self.run.is_over and time.monotonic() < deadline:
            if self.open_page() and self.session["payment_id"] != declined:
                return self.enter_card() in (303, 409)
            if self.status() != "pending_payment":
                return False
            time.sleep(0.5)
        return False

    def does_pays_half_now_and_half_by_hand(self) -> bool:
        return self.pay()

    def does_pays_in_cash(self) -> bool:
        """At the desk, where staff write it down; perhaps after a look at the page."""
        if self.story.comes_back:
            self.open_page()
            return self.status() != "pending_payment"
        self.patiently(
            "cash",
            lambda: self.run.staff.call(
                "record_payment",
                registration_id=self.registration["registration_id"],
                kind="cash",
                amount_minor=self.amount(),
            ),
        )
        return True

    def does_says_that_it_has_paid(self) -> bool:
        """By a transfer, which staff find, or not."""
        review = self.patiently(
            "review",
            lambda: self.family.api.call(
                "submit_payment_review",
                registration_id=self.registration["registration_id"],
                kind="transfer",
                reference=f"T-{self.story.number}",
            ),
        )
        if review is not None:
            self.patiently(
                "decide",
                lambda: self.run.staff.call(
                    "review_payment",
                    review_id=review["review_id"],
                    approve=self.story.comes_back,
                    reason=None if self.story.comes_back else "nothing came",
                ),
            )
        return review is None or self.story.comes_back

    def pay_by_hand(self, installment: dict[str, Any]) -> None:
        """Pay a part of the plan on a page of its own."""
        if self.open_page(installment_id=installment["id"]):
            self.enter_card()

    def amount(self) -> int:
        return int(self.registration["due_minor"])

    def forge(self, amount_minor: int) -> None:
        """Let a sale be made under the reference of this registration's payment."""
        reference = self.run.reference_of(self.registration["registration_id"])
        if reference is not None:
            self.run.forge(reference, amount_minor)
            self.trail.append(f"forged {amount_minor}")


def is_outage(refusal: Refused) -> bool:
    """Say whether a refusal means that somebody is away, which people wait out.

    PostgREST has no code for a connection that broke under a request, and says 400; the shim says
    that the gateway is away with a code of ours and 5xx.
    """
    return refusal.status >= 500 or not refusal.code
