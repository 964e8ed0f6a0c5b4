"""A manager asks what last term's families would pay by another term's rules."""

from __future__ import annotations

from tests.py.support import RATES, Studio, nothing_written, refused


def test_a_manager_compares_two_terms(studio: Studio) -> None:
    sections = [studio.section(weekdays=(day,)) for day in (1, 2)]
    families = [studio.family() for _ in range(3)]
    for family, wanted in zip(families, ([0], [0, 1], []), strict=True):
        student_id = family.student()
        if wanted:
            held = family.hold(*((student_id, sections[n]) for n in wanted))
            family.pay(held["registration_id"])
    # A draft with the first step dearer, and no second one.
    draft = studio.term("draft")
    with studio.operator() as connection:
        connection.execute(
            "update pricing.rates set superseded_at = clock_timestamp() where term_id = %s",
            (draft,),
        )
        connection.execute(
            "insert into pricing.rates"
            " (studio_id, term_id, division_id, weekly_count, amount_minor, version, valid_from)"
            " select studio_id, term_id, division_id, 1, %s, 2, superseded_at from pricing.rates"
            " where term_id = %s and weekly_count = 1",
            (RATES[1] + 500, draft),
        )
    manager = studio.staff("manager")
    question = {"term_id": studio.term_id, "proposed_term_id": draft}
    with nothing_written():
        rows = {row["family_id"]: row for row in manager.call("price_what_if", **question)}
    assert set(rows) == {families[0].id, families[1].id}
    one, two = rows[families[0].id], rows[families[1].id]
    assert (one["sold_minor"], one["old_minor"]) == (RATES[1], RATES[1])
    assert (one["new_minor"], one["difference_minor"]) == (RATES[1] + 500, 500)
    assert (one["rule_table"], one["rule_code"]) == ("pricing.rates", "open")
    assert (one["rule_old_minor"], one["rule_new_minor"]) == (RATES[1], RATES[1] + 500)
    assert (two["old_minor"], two["new_minor"], two["refusal"]) == (
        RATES[2], None, "rate_missing"
    )
    refused(
        manager.post("price_what_if", {**question, "proposed_term_id": 2**40}), "term_not_found"
    )
    response = studio.staff("staff").post("price_what_if", question)
    assert (response.status_code, response.json()["code"]) == (403, "42501")
