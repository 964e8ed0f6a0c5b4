"""Managers read and save the tables of price rules as a whole, over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.py.support import (
    RATES,
    Caller,
    Studio,
    at_once,
    await_blocked_by,
    new_studio,
    nothing_written,
    outcome,
    refused,
    request_of,
)

# By table: its view, the function that saves it, and rows that a new studio has not.
TABLES: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "rates": (
        "rates",
        "save_rates",
        [
            {"division": "open", "location": None, "weekly_count": 1, "amount_minor": 79643},
            {"division": "open", "location": None, "weekly_count": 2, "amount_minor": 155304},
            {
                "division": "open",
                "location": "Main Hall",
                "weekly_count": 1,
                "amount_minor": 79640,
            },
        ],
    ),
    "programs": (
        "program_prices",
        "save_program_prices",
        [{"program": "technique", "amount_minor": 71678, "registration_fee_minor": 0}],
    ),
    "fees": (
        "fee_rules",
        "save_fees",
        [
            {
                "code": "costume",
                "label": "Costume",
                "unit": "class",
                "amount_minor": 7000,
                "charged_modes": ["standard"],
                "division": "open",
                "division_of": "class",
                "position": 1,
                "class": None,
                "section": None,
                "discountable": True,
                "once_per_term": True,
                "proration": "none",
                "exempt_classes": ["Ballet"],
            },
            {
                "code": "registration",
                "label": "Registration",
                "unit": "student",
                "amount_minor": 4000,
                "charged_modes": ["standard", "tiered"],
                "division": None,
                "division_of": None,
                "position": 2,
                "class": None,
                "section": None,
                "discountable": False,
                "once_per_term": True,
                "proration": "none",
                "exempt_classes": [],
            },
            {
                "code": "shoes",
                "label": "Shoes",
                "unit": "student",
                "amount_minor": 3000,
                "charged_modes": ["standard"],
                "division": None,
                "division_of": None,
                "position": 3,
                "class": "Ballet",
                "section": None,
                "discountable": True,
                "once_per_term": False,
                "proration": "meetings",
                "exempt_classes": [],
            },
        ],
    ),
    "family_discount": (
        "family_discounts",
        "save_family_discount",
        [{"min_students": 2, "amount_minor": 5000}],
    ),
    "plans": (
        "payment_plans",
        "save_plans",
        [
            {
                "code": "full",
                "label": "All at once",
                "kind": "full",
                "installments": 1,
                "auto_pay": False,
                "fee_per_installment_minor": 0,
                "accepts_checkout": True,
                "deposit_minor": None,
                "deposit_bp": None,
                "balance_due_on": None,
                "last_due_on": None,
                "do_capture": True,
                "due_dates": None,
                "shares_bp": None,
            },
            {
                "code": "two_dates",
                "label": "On two dates",
                "kind": "dated",
                "installments": 2,
                "auto_pay": False,
                "fee_per_installment_minor": 0,
                "accepts_checkout": False,
                "deposit_minor": None,
                "deposit_bp": None,
                "balance_due_on": None,
                "last_due_on": None,
                "do_capture": True,
                "due_dates": ["2027-01-31", "2027-03-31"],
                "shares_bp": [6000, 4000],
            },
            {
                "code": "monthly",
                "label": "Monthly",
                "kind": "monthly",
                "installments": 5,
                "auto_pay": True,
                "fee_per_installment_minor": 500,
                "accepts_checkout": False,
                "deposit_minor": None,
                "deposit_bp": None,
                "balance_due_on": None,
                "last_due_on": "2027-05-31",
                "do_capture": True,
                "due_dates": None,
                "shares_bp": None,
            },
        ],
    ),
    "discounts": (
        "discounts",
        "save_discounts",
        [
            {
                "code": "third_class",
                "label": "Third class",
                "category": "weekly_classes",
                "threshold": 3,
                "recipients": "reaching",
                "kind": "flat",
                "percent_bp": None,
                "amount_minor": 2500,
                "reduces_tuition": True,
                "reduces_fees": False,
                "reduces_programs": False,
                "available_from": None,
                "available_until": "2030-01-01T00:00:00+00:00",
                "position": 1,
                "section_ids": [],
            },
        ],
    ),
    "coupons": (
        "coupons",
        "save_coupons",
        [
            {
                "key": "partner",
                "name": "Partner",
                "code": "PARTNER50",
                "kind": "flat",
                "percent_bp": None,
                "amount_minor": 5000,
                "available_from": None,
                "available_until": None,
                "max_uses": 20,
                "max_uses_per_family": 1,
                "stackable": False,
                "applies_to": ["tuition", "recital"],
                "most_expensive_only": False,
                "active": True,
                "section_ids": [],
            },
        ],
    ),
}
LOCKED = ["family_discount", "plans", "discounts"]
# A rule as it is read has these beside what is saved.
READ_ONLY = {"term_id", "version", "valid_from", "uses"}


@pytest.fixture
def school(stack: None) -> Studio:
    """A studio of its own, with a class and a program for rules to name."""
    studio = new_studio()
    with studio.operator() as connection:
        connection.execute(
            "insert into catalog.programs (studio_id, code, name)"
            " values (%s, 'technique', 'Technique')",
            (studio.id,),
        )
    studio.section(title="Ballet")
    return studio


def version(caller: Caller, studio: Studio, table: str) -> int:
    """The version of a table as staff read it: 0 when it was never saved."""
    rows = caller.read("rule_sets", term_id=f"eq.{studio.term_id}", kind=f"eq.{table}")
    return rows[0]["version"] if rows else 0


def loaded(caller: Caller, studio: Studio, table: str) -> list[dict[str, Any]]:
    """The rules of a table as staff read them, in the form in which they are saved."""
    rows = caller.read(TABLES[table][0], term_id=f"eq.{studio.term_id}")
    return [{k: v for k, v in row.items() if k not in READ_ONLY} for row in rows]


def save(caller: Caller, studio: Studio, table: str, expected_version: Any, rows: Any) -> Any:
    """Save a table; return the response."""
    return caller.post(
        TABLES[table][1],
        {"term_id": studio.term_id, "expected_version": expected_version, "rows": rows},
    )


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


# ---------------------------------------------------------------- who may


def test_managers_save_staff_read_and_nobody_else_does_either(school: Studio) -> None:
    strangers = {
        401: [school.anybody()],
        403: [school.family().api, school.staff("instructor")],
    }
    desk = school.staff()
    with nothing_written():
        for table, (view, function, rows) in TABLES.items():
            arguments = {"term_id": school.term_id, "expected_version": 0, "rows": rows}
            for status, callers in strangers.items():
                for caller in callers:
                    for response in (caller.get(view), caller.post(function, arguments)):
                        assert (response.status_code, outcome(response)) == (status, "42501"), table
            assert desk.get(view).ok
            response = desk.post(function, arguments)
            assert (response.status_code, outcome(response)) == (403, "42501"), function
        for function, arguments in (
            ("rates_csv", {"term_id": school.term_id}),
            ("import_rates_csv", {"term_id": school.term_id, "expected_version": 0, "csv": ""}),
        ):
            for status, callers in strangers.items():
                for caller in callers:
                    response = caller.post(function, arguments)
                    assert (response.status_code, outcome(response)) == (status, "42501"), function
        response = desk.post("import_rates_csv", arguments)
        assert (response.status_code, outcome(response)) == (403, "42501")
    assert desk.post("rates_csv", {"term_id": school.term_id}).ok
    for role in ("manager", "owner", "platform_admin"):
        caller = school.staff(role)
        saved = save(caller, school, "rates", version(caller, school, "rates"), [])
        assert saved.ok, f"{role}: {saved.text}"


def test_a_term_of_another_studio_is_an_unknown_one(school: Studio, elmst: Studio) -> None:
    manager = school.staff("manager")
    with nothing_written():
        for table, (_, _, rows) in TABLES.items():
            refused(save(manager, elmst, table, 0, rows), "term_not_found")
            refused(save(manager, elmst, table, 0, []), "term_not_found")
            assert loaded(manager, elmst, table) == []
        refused(manager.post("rates_csv", {"term_id": elmst.term_id}), "term_not_found")
        refused(
            manager.post(
                "import_rates_csv",
                {
                    "term_id": elmst.term_id,
                    "expected_version": 0,
                    "csv": "division,location,weekly_count,amount\n",
                },
            ),
            "term_not_found",
        )


# ---------------------------------------------------------------- what is saved


@pytest.mark.parametrize("table", TABLES)
def test_what_is_saved_is_read_and_saving_what_was_read_changes_nothing(
    school: Studio, table: str
) -> None:
    manager = school.staff("manager")
    rows = TABLES[table][2]

    saved = save(manager, school, table, 0, rows).json()

    assert saved["version"] == version(manager, school, table) == 1
    assert in_order(saved["rows"]) == in_order(rows) == in_order(loaded(manager, school, table))
    with nothing_written():
        for again in (rows, saved["rows"], loaded(manager, school, table), rows[::-1]):
            assert save(manager, school, table, 1, again).json() == saved


def test_a_quote_follows_the_rules_that_were_saved_and_the_one_before_does_not(
    school: Studio,
) -> None:
    manager, family = school.staff("manager"), school.family()
    here = school.section(weekdays=(2,))
    cart_id = family.cart((family.student(), here))

    def total() -> int:
        return family.api.call("quote", cart_id=cart_id)["total_minor"]

    before = family.api.call("quote", cart_id=cart_id)
    assert before["total_minor"] == RATES[1]
    save(manager, school, "fees", 0, TABLES["fees"][2]).raise_for_status()
    assert total() == RATES[1] + 7000 + 4000
    # Every section of such a studio is in its Main Hall.
    save(manager, school, "rates", 0, TABLES["rates"][2]).raise_for_status()
    quote = family.api.call("quote", cart_id=cart_id)
    assert quote["total_minor"] == 79640 + 7000 + 4000
    (tuition,) = [
        line for line in quote["students"][0]["lines"] if line["kind"] == "tuition"
    ]
    assert tuition["label"] == "Tuition, Open, 1 day a week, price list of Main Hall"
    # The general list alone.
    save(manager, school, "rates", 1, TABLES["rates"][2][:2]).raise_for_status()
    assert total() == 79643 + 7000 + 4000
    save(manager, school, "rates", 2, []).raise_for_status()
    refused(family.api.post("quote", {"cart_id": cart_id}), "rate_missing")
    explained = family.api.call("explain_quote", quote_id=before["quote_id"])
    assert explained["total_minor"] == RATES[1]


def test_who_changed_which_rule_is_on_record(school: Studio) -> None:
    manager = school.staff("manager")
    save(manager, school, "programs", 0, TABLES["programs"][2]).raise_for_status()
    save(manager, school, "programs", 1, []).raise_for_status()
    with school.operator() as connection:
        actions = connection.execute(
            "select a.action, a.acting_role from ops.audit_log as a"
            " where a.studio_id = %s and a.entity = 'pricing.program_prices' order by a.id",
            (school.id,),
        ).fetchall()
    assert actions == [("insert", "manager"), ("update", "manager")]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_somebody_else_has_saved_is_not_saved_over(school: Studio, table: str) -> None:
    manager = school.staff("manager")
    rows = TABLES[table][2]
    save(manager, school, table, 0, rows).raise_for_status()
    with nothing_written():
        for stale in (0, 2, -1, None):
            body = refused(save(manager, school, table, stale, rows[:1]), "version_stale")
            assert json.loads(body["details"]) == {"version": 1}
    assert in_order(loaded(manager, school, table)) == in_order(rows)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_wrong_is_named_and_no_row_is_written(school: Studio, table: str) -> None:
    manager = school.staff("manager")
    rows = TABLES[table][2]
    good, last = rows[:-1], rows[-1]
    money = [column for column in last if column.endswith("_minor")][0]
    wrong: list[tuple[Any, str | None]] = [
        ({**last, money: 20125.5}, money),
        ({**last, money: "20125"}, money),
        ({**last, money: -1}, money),
        ({**last, money: 10**12}, money),
        ({**last, money: None}, money),
        ({**last, money: {}}, money),
        ({k: v for k, v in last.items() if k != money}, money),
        ({**last, "studio_id": 1}, "studio_id"),
        ({**last, "version": 7}, "version"),
        ("rows", None),
        (None, None),
        ([], None),
    ]
    with nothing_written():
        for row, column in wrong:
            body = refused(save(manager, school, table, 0, [*good, row]), "rule_invalid")
            details = json.loads(body["details"])
            assert (details["row"], details["column"]) == (len(rows), column), row
        for nonsense in (None, {}, "rows", 7):
            body = refused(save(manager, school, table, 0, nonsense), "rule_invalid")
            assert json.loads(body["details"])["row"] == 0
        body = refused(save(manager, school, table, 0, [*rows, last]), "rule_invalid")
        assert json.loads(body["details"])["row"] == len(rows) + 1, "a row twice"


@pytest.mark.parametrize("table", LOCKED)
def test_what_was_sold_is_locked_and_can_be_saved_as_it_is(school: Studio, table: str) -> None:
    manager, family = school.staff("manager"), school.family()
    rows = TABLES[table][2]
    save(manager, school, table, 0, rows).raise_for_status()
    family.hold((family.student(), school.section(weekdays=(3,))))
    with nothing_written():
        refused(save(manager, school, table, 1, []), "term_locked")
        refused(save(manager, school, table, 1, rows[:-1]), "term_locked")
        assert save(manager, school, table, 1, rows).json()["version"] == 1
    assert in_order(loaded(manager, school, table)) == in_order(rows)


@pytest.mark.parametrize("table", sorted(set(TABLES) - set(LOCKED)))
def test_rates_and_fees_can_change_while_a_term_is_sold(school: Studio, table: str) -> None:
    manager, family = school.staff("manager"), school.family()
    family.hold((family.student(), school.section(weekdays=(3,))))
    assert save(manager, school, table, 0, TABLES[table][2]).json()["version"] == 1


@pytest.mark.parametrize("table", TABLES)
def test_of_two_managers_who_save_at_once_the_second_is_told(school: Studio, table: str) -> None:
    managers = [school.staff("manager") for _ in range(2)]
    rows = TABLES[table][2]
    money = [column for column in rows[0] if column.endswith("_minor")][0]
    wishes = [[{**row, money: 100 + n} for row in rows] for n in range(4)]

    answers = at_once(
        *[
            lambda who=managers[n % 2], wish=wish: save(who, school, table, 0, wish)
            for n, wish in enumerate(wishes)
        ]
    )

    assert Counter(outcome(answer) for answer in answers) == {"ok": 1, "version_stale": 3}
    (winner,) = [wish for wish, answer in zip(wishes, answers, strict=True) if answer.ok]
    assert in_order(loaded(managers[0], school, table)) == in_order(winner)


# ---------------------------------------------------------------- while prices are made


class Cart:
    """A family's cart with one class."""

    def __init__(self, school: Studio) -> None:
        self.family = school.family()
        self.student_id = self.family.student()
        self.section_id = school.section(weekdays=(4,))
        self.id = self.family.cart((self.student_id, self.section_id))


def change_rate(school: Studio) -> tuple[str, dict[str, Any]]:
    """The save of a rate table with a price that a new studio has not."""
    rows = [{**TABLES["rates"][2][0], "amount_minor": 12345}]
    return "save_rates", {"term_id": school.term_id, "expected_version": 0, "rows": rows}


def set_price(school: Studio, cart: Cart) -> tuple[str, dict[str, Any]]:
    """The override of what is in a cart."""
    return "set_price_override", {
        "student_id": cart.student_id,
        "section_id": cart.section_id,
        "amount_minor": 12345,
        "reason": "as agreed",
    }


CHANGES = [lambda school, _: change_rate(school), set_price]


def in_sql(connection: psycopg.Connection, function: str, arguments: dict[str, Any]) -> Any:
    """Call an exposed function in an open transaction, as PostgREST does."""
    query = sql.SQL("select api.{}({})").format(
        sql.Identifier(function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name))
            for name in arguments
        ),
    )
    values = {
        name: Jsonb(value) if isinstance(value, list) else value
        for name, value in arguments.items()
    }
    return connection.execute(query, values).fetchone()[0]


def assert_replays(school: Studio, quote: dict[str, Any], total_minor: int) -> None:
    """Assert that a quote has this total, told and made again."""
    assert quote["total_minor"] == total_minor
    replayed = "select sum(l.amount_minor) from unnest(pricing.replay_quote(%s)) as l"
    assert school.ask(replayed, quote["quote_id"]) == total_minor


@pytest.mark.parametrize("change", CHANGES, ids=["a table", "an override"])
def test_a_quote_waits_for_a_change_that_is_being_made_and_goes_by_it(
    school: Studio, change: Callable[[Studio, Cart], tuple[str, dict[str, Any]]]
) -> None:
    cart, manager = Cart(school), school.staff("manager")

    with ThreadPoolExecutor(1) as pool, request_of(manager) as connection:
        in_sql(connection, *change(school, cart))
        quoting = pool.submit(cart.family.api.call, "quote", cart_id=cart.id)
        await_blocked_by(connection)
        connection.commit()
        quote = quoting.result()

    assert_replays(school, quote, 12345)


@pytest.mark.parametrize("change", CHANGES, ids=["a table", "an override"])
def test_a_change_waits_for_a_quote_that_is_being_made_and_leaves_it_as_it_was(
    school: Studio, change: Callable[[Studio, Cart], tuple[str, dict[str, Any]]]
) -> None:
    cart, manager = Cart(school), school.staff("manager")
    function, arguments = change(school, cart)

    with ThreadPoolExecutor(1) as pool, request_of(cart.family.api) as connection:
        quote = in_sql(connection, "quote", {"cart_id": cart.id})
        changing = pool.submit(manager.post, function, arguments)
        await_blocked_by(connection)
        connection.commit()
        changing.result().raise_for_status()

    assert_replays(school, quote, RATES[1])
    assert cart.family.api.call("quote", cart_id=cart.id)["total_minor"] == 12345


def test_quotes_are_made_side_by_side(school: Studio) -> None:
    carts = [Cart(school), Cart(school)]

    with request_of(carts[0].family.api) as connection:
        in_sql(connection, "quote", {"cart_id": carts[0].id})
        quote = carts[1].family.api.call("quote", cart_id=carts[1].id)

    assert_replays(school, quote, RATES[1])


# ---------------------------------------------------------------- as a file

HEADER = "division,location,weekly_count,amount\r\n"


def imported(caller: Caller, studio: Studio, expected_version: int, csv: str) -> Any:
    """Save the rate table from a file; return the response."""
    return caller.post(
        "import_rates_csv",
        {"term_id": studio.term_id, "expected_version": expected_version, "csv": csv},
    )


def exported(caller: Caller, studio: Studio) -> str:
    """The rate table as a file."""
    response = caller.get(
        "rpc/rates_csv", {"Accept": "text/csv"}, term_id=str(studio.term_id)
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return response.content.decode()


def test_the_rate_table_goes_out_as_a_file_and_comes_back_the_same(school: Studio) -> None:
    with school.operator() as connection:
        connection.execute(
            "insert into studio.locations (studio_id, name, address)"
            " values (%s, %s, '2 Second Street')",
            (school.id, 'The "Loft", café\nupstairs'),
        )
    manager = school.staff("manager")
    loft = {"division": "open", "location": 'The "Loft", café\nupstairs', "weekly_count": 1}
    rows = [*TABLES["rates"][2], {**loft, "amount_minor": 5}]
    save(manager, school, "rates", 0, rows).raise_for_status()

    csv = exported(manager, school)

    assert csv == (
        HEADER + "open,,1,796.43\r\nopen,,2,1553.04\r\nopen,Main Hall,1,796.40\r\n"
        'open,"The ""Loft"", café\nupstairs",1,0.05\r\n'
    )
    with nothing_written():
        for same in (csv, csv.replace("\r\n", "\n"), "\ufeff" + csv, csv.removesuffix("\r\n")):
            assert imported(manager, school, 1, same).json()["version"] == 1
    answer = imported(manager, school, 1, HEADER + "open,,1,800\r\nopen,,2,1553.0\r\n").json()
    assert answer["version"] == 2
    assert exported(manager, school) == HEADER + "open,,1,800.00\r\nopen,,2,1553.00\r\n"
    refused(imported(manager, school, 1, csv), "version_stale")
    # As any other caller, one who asks for nothing special gets JSON.
    assert manager.post("rates_csv", {"term_id": school.term_id}).json() == exported(
        manager, school
    )


@pytest.mark.parametrize(
    ("csv", "row", "column"),
    [
        ("", 0, None),
        ("open,,1,796.43\r\n", 0, None),
        (HEADER + "open,,1,20.125\r\n", 1, "amount"),
        (HEADER + "open,,1,1.00\nopen,,2,-1\n", 2, "amount"),
        (HEADER + "open,,one,1.00\n", 1, "weekly_count"),
        (HEADER + "open,,1\n", 1, None),
        (HEADER + "open,,1,1.00\r\n\r\n", 2, None),
        (HEADER + "closed,,1,1.00\n", 1, "division"),
        (HEADER + "open,Nowhere,1,1.00\n", 1, "location"),
        (HEADER + "open,,1,1.00\nopen,,1,2.00\n", 2, "division"),
        (HEADER + 'open,"Main Hall,1,1.00\n', 1, None),
        (HEADER + "open,,1,999999999999.00\n", 1, "amount"),
        (HEADER + "x" * 200_001, 0, None),
        (HEADER + "".join(f"open,,{n},1\n" for n in range(1001)), 1001, None),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_row_and_column(
    school: Studio, csv: str, row: int, column: str | None
) -> None:
    manager = school.staff("manager")
    with nothing_written():
        body = refused(imported(manager, school, 0, csv), "rule_invalid")
    details = json.loads(body["details"])
    assert (details["row"], details["column"]) == (row, column)
