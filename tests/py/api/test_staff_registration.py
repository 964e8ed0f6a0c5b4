"""Staff register a family over HTTP: the same functions, with overrides that are named and kept."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from tests.py.support import Studio, at_once, nothing_written, outcome

EARLY = {"code": "term_not_open", "reason": "moved here last week"}


def test_a_family_is_registered_before_the_term_opens(studio: Studio) -> None:
    term_id = studio.term(opens="1 day")
    family, desk = studio.family(), studio.staff()
    of_family = {"X-Family": str(family.id)}
    student_id, section_id = family.student(), studio.section(term_id=term_id, capacity=1)
    cart_id = family.cart((student_id, section_id), term_id=term_id)
    quote = family.api.call("quote", cart_id=cart_id)
    assert [finding["code"] for finding in quote["findings"]] == ["term_not_open"]
    checkout: dict[str, Any] = {"cart_id": cart_id, "quote_id": quote["quote_id"]}

    def key() -> dict[str, str]:
        return {"idempotency_key": secrets.token_hex(8)}

    with nothing_written():
        for caller, overrides, code in (
            (family.api, [], "term_not_open"),
            (family.api, [EARLY], "not_allowed"),
            (desk, [], "term_not_open"),
            (desk, [{"code": "term_not_open"}], "reason_required"),
            (desk, [{**EARLY, "student_id": 2**62}], "overrides_invalid"),
            (desk, [{**EARLY, "student_id": student_id + 1}], "override_unused"),
            (desk, {"term_not_open": "please"}, "overrides_invalid"),
        ):
            refused = caller.post("checkout", {**checkout, **key(), "overrides": overrides}, of_family)
            assert outcome(refused) == code

    # Two at the desk at once, each with a key of its own, and each key twice.
    tries = [{**checkout, **key(), "overrides": [EARLY]} for _ in range(2)]
    outcomes = Counter(
        at_once(*[lambda a=a: outcome(desk.post("checkout", a, of_family)) for a in tries * 4])
    )
    assert outcomes == {"ok": 4, "checkout_open": 4}
    assert studio.seats_left(section_id) == 0
    (use,) = desk.read("override_uses", family_id=f"eq.{family.id}")
    assert (use["code"], use["reason"], use["student_id"], use["section_id"]) == (
        "term_not_open", EARLY["reason"], student_id, section_id
    )
    assert use["requirement_id"] is None
    (registration,) = family.api.read("registrations")
    assert use["registration_id"] == registration["id"]
    # The same key with other overrides is another checkout.
    won = next(a for a in tries if outcome(desk.post("checkout", a, of_family)) == "ok")
    other = {**won, "overrides": [{**EARLY, "reason": "another one"}]}
    assert outcome(desk.post("checkout", other, of_family)) == "idempotency_key_reused"
    assert outcome(family.api.get("override_uses")) != "ok"
