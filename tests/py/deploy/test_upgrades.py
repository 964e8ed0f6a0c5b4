"""A database that has been in use is brought up to date, and every row of it stays.

Each test fills a database of an older version as far as the migration it is about needs it, by
plain SQL: the functions of that version are gone.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.py.deploy.tree import Database, Tree, databases
from tools import deploy
from tools.deploy.connections import database_name
from tools.deploy.deployment import ROOT

COUNTS = """
    select format('%I.%I', t.table_schema, t.table_name), (
        xpath('/row/n/text()', query_to_xml(
            format('select count(*) as n from %I.%I', t.table_schema, t.table_name),
            false, true, ''
        ))
    )[1]::text::bigint
    from information_schema.tables as t
    where
        -- What was a table may have become a view; views for callers need one.
        t.table_type in ('BASE TABLE', 'VIEW')
        and t.table_schema not in (
            'pg_catalog', 'information_schema', 'cron', 'yoyo', 'ops', 'api'
        )
    order by 1
"""


# Two studios with a class of three sections each.
CATALOGUE = """
    with s as (
        insert into studio.studios (slug, name, timezone, currency)
        select x.slug, x.slug, 'America/New_York', 'USD'
        from (values ('one'), ('two')) as x (slug)
        returning id as studio_id
    ),
    l as (
        insert into studio.locations (studio_id, name, address)
        select studio_id, 'Hall', '1 Street' from s
        returning studio_id, id as location_id
    ),
    t as (
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at
        )
        select studio_id, 'Spring', '2026-01-05', '2026-06-05', '2025-12-01', '2026-02-01'
        from s
        returning studio_id, id as term_id
    ),
    d as (
        insert into catalog.divisions (studio_id, code, name, rank)
        select studio_id, 'junior', 'Junior', 1 from s
        returning studio_id, id as division_id
    ),
    k as (
        insert into catalog.classes (
            studio_id, term_id, title, discipline, price_mode, division_id
        )
        select studio_id, term_id, 'Ballet', 'ballet', 'standard', division_id
        from t inner join d using (studio_id)
        returning studio_id, term_id, id as class_id
    )
    insert into catalog.sections (
        studio_id, term_id, class_id, location_id, name, starts_on, ends_on, capacity
    )
    select studio_id, term_id, class_id, location_id, x.name, '2026-01-05', '2026-06-05', 10
    from k inner join l using (studio_id)
    cross join (values ('meets'), ('is cancelled'), ('has no dates')) as x (name)
"""

# The same since sections say how they are sold.
CATALOGUE_WITH_MODES = CATALOGUE.replace(
    "location_id, name", "location_id, price_mode, name"
).replace("location_id, x.name", "location_id, 'standard', x.name")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], str]]:
    """Makes a database as our migrations up to a number had left it; returns its name, to be copied.

    Of the functions it has those that a CHECK calls. It is one database, brought from number to
    number, as long as they ascend.
    """
    with databases() as make:
        state: dict[str, Any] = {"number": 0, "database": make()}

        def at(number: int) -> str:
            if number < state["number"]:
                state.update(number=0, database=make())
            if number > state["number"]:
                tree = tree_of_version(number, tmp_path_factory.mktemp("older"))
                deploy.run(state["database"].url, tree.root)
                state["number"] = number
            return database_name(state["database"].url)

        yield at


def tree_of_version(number: int, folder: Path) -> Tree:
    """Return our migrations up to a number, with the functions that a CHECK calls."""
    tree = Tree(folder / "tree")
    for path in ("sql/schema/cluster.sql", "sql/schema/database.sql"):
        tree.write(path, (ROOT / path).read_text())
    checks = ["functions/pricing/are_lines_of.sql"] if number >= 18 else []
    checks += ["functions/pricing/are_parts_of.sql"] if number >= 19 else []
    checks += (
        ["functions/payment/allowed_calls.sql", "functions/payment/is_allowed_call.sql"]
        if number >= 31
        else []
    )
    for path in checks:
        tree.write(f"sql/{path}", (ROOT / "sql" / path).read_text())
    tree.list_in_order(checks)
    for path in sorted((ROOT / "migrations").glob("*.sql"))[:number]:
        tree.write(f"migrations/{path.name}", path.read_text())
    return tree


@pytest.fixture
def of_version(
    older: Callable[[int], str], copy_of: Callable[[str], Database]
) -> Callable[[int], Database]:
    """Makes a database of the test's own as our migrations up to a number had left it."""
    return lambda number: copy_of(older(number))


def bring_up(database: Database, but: Collection[str] = ()) -> None:
    """Deploy what is here; assert that no table of the older version has lost or won a row.

    Arguments:
        but: tables whose rows the test looks at itself.
    """
    before = dict(database.rows(COUNTS))
    deploy.run(database.url)
    after = dict(database.rows(COUNTS))
    assert {t: after.get(t) for t in before if t not in but} == {
        t: n for t, n in before.items() if t not in but
    }


def test_0007_sections_that_have_met_get_their_spans(of_version: Callable) -> None:
    database = of_version(6)
    database.rows(CATALOGUE)
    database.rows(
        """
        insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at, status)
        select
            s.studio_id, s.id, x.held_on, x.held_on + '21:00'::time, x.held_on + '22:00'::time,
            case when s.name = 'is cancelled' then 'cancelled' else x.status end
        from catalog.sections as s
        cross join (
            values (date '2026-01-05', 'scheduled'), ('2026-01-12', 'cancelled'),
            ('2026-01-19', 'scheduled')
        ) as x (held_on, status)
        where s.name <> 'has no dates'
        """
    )
    bring_up(database)
    spans = database.rows(
        """
        select o.slug, s.name, p.dates::text, p.during::text
        from catalog.section_spans as p
        inner join catalog.sections as s on p.studio_id = s.studio_id and p.section_id = s.id
        inner join studio.studios as o on s.studio_id = o.id
        order by 1
        """
    )
    dates = "{[2026-01-05,2026-01-06),[2026-01-19,2026-01-20)}"
    during = (
        '{["2026-01-05 21:00:00+00","2026-01-05 22:00:00+00"),'
        '["2026-01-19 21:00:00+00","2026-01-19 22:00:00+00")}'
    )
    assert spans == [("one", "meets", dates, during), ("two", "meets", dates, during)]


def test_0008_a_class_stays_exempt_from_a_fee_whatever_its_version(of_version: Callable) -> None:
    database = of_version(7)
    database.rows(CATALOGUE)
    database.rows(
        """
        insert into pricing.fee_rules (
            studio_id, term_id, code, label, unit, amount_minor, charged_modes, position, version,
            valid_from, superseded_at
        )
        select
            t.studio_id, t.id, f.code, f.code, 'class', 100, '{standard}', 1, f.version,
            case when f.is_live then now() else now() - interval '1 day' end,
            case when f.is_live then null else now() end
        from catalog.terms as t
        cross join (
            values ('costume', 1, false), ('costume', 2, true), ('video', 1, true)
        ) as f (code, version, is_live)
        """
    )
    database.rows(
        """
        insert into pricing.fee_exemptions (studio_id, fee_rule_id, class_id)
        select f.studio_id, f.id, k.id
        from pricing.fee_rules as f
        inner join catalog.classes as k on f.studio_id = k.studio_id
        inner join studio.studios as s on f.studio_id = s.id
        where s.slug = 'one' or f.code = 'video'
        """
    )
    # Both versions of one fee become one exemption from it.
    bring_up(database, but={"pricing.fee_exemptions"})
    kept = database.rows(
        """
        select s.slug, x.fee_code, x.term_id = k.term_id
        from pricing.fee_exemptions as x
        inner join catalog.classes as k on x.studio_id = k.studio_id and x.class_id = k.id
        inner join studio.studios as s on x.studio_id = s.id
        order by 1, 2
        """
    )
    assert kept == [("one", "costume", True), ("one", "video", True), ("two", "video", True)]


RATES = """
    insert into pricing.rates (
        studio_id, term_id, division_id, weekly_count, amount_minor, version, valid_from,
        superseded_at
    )
    select t.studio_id, t.id, d.id, 1, x.amount_minor, x.version, x.valid_from, x.superseded_at
    from catalog.terms as t
    inner join catalog.divisions as d on t.studio_id = d.studio_id
    cross join (
        values
        (70000, 1, timestamptz '2025-01-01Z', timestamptz '2025-06-01Z'),
        (71000, 2, '2025-06-01Z', '2026-01-01Z'),
        (72000, 3, '2026-01-01Z', null)
    ) as x (amount_minor, version, valid_from, superseded_at)
"""


def test_0010_every_rate_stays_on_the_list_of_all_locations(of_version: Callable) -> None:
    database = of_version(9)
    database.rows(CATALOGUE)
    database.rows(RATES)
    bring_up(database)
    rows = database.rows(
        "select studio_id, version, amount_minor, location_id from pricing.rates order by 1, 2"
    )
    one, two = sorted({row[0] for row in rows})
    assert rows == [
        (studio_id, version, amount_minor, None)
        for studio_id in (one, two)
        for version, amount_minor in ((1, 70000), (2, 71000), (3, 72000))
    ]


def test_0010_rates_that_both_counted_at_an_instant_stop_it(of_version: Callable) -> None:
    database = of_version(9)
    database.rows(CATALOGUE)
    database.rows(RATES)
    database.rows("update pricing.rates set valid_from = '2025-05-31Z' where version = 2")
    with pytest.raises(Exception, match="rates_one_at_a_time"):
        bring_up(database)


def test_0011_the_registration_fee_stays_outside_discounts_and_codes_can_be_guessed_10_times(
    of_version: Callable,
) -> None:
    database = of_version(9)
    database.rows(CATALOGUE)
    database.rows(
        """
        insert into pricing.fee_rules (
            studio_id, term_id, code, label, unit, amount_minor, charged_modes, position
        )
        select t.studio_id, t.id, f.code, f.code, 'student', 100, '{standard}', 1
        from catalog.terms as t
        cross join (values ('costume'), ('registration')) as f (code)
        """
    )
    database.rows(
        """
        insert into studio.settings (
            studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
            message_attempts, message_lease_seconds
        )
        select s.id, 15, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 10, 8, 60, 3, 8, 60
        from studio.studios as s
        """
    )
    database.rows(
        "insert into studio.settings (studio_id, term_id, hold_minutes)"
        " select t.studio_id, t.id, 20 from catalog.terms as t"
    )
    bring_up(database)
    fees = database.rows("select distinct code, discountable from pricing.fee_rules order by 1")
    assert fees == [("costume", True), ("registration", False)]
    settings = database.rows(
        "select distinct term_id is null, coupon_attempts, coupon_window_minutes"
        " from studio.settings order by 1"
    )
    assert settings == [(False, None, None), (True, 10, 15)]


def test_0012_carts_stay_as_they_were_filled(of_version: Callable) -> None:
    database = of_version(11)
    database.rows(CATALOGUE)
    database.rows(
        """
        with f as (
            insert into identity.families (studio_id, name)
            select s.id, 'Rivera' from studio.studios as s
            returning studio_id, id as family_id
        ),
        p as (
            insert into identity.students (
                studio_id, family_id, first_name, last_name, birth_date
            )
            select studio_id, family_id, 'Sofia', 'Rivera', '2015-05-05' from f
            returning studio_id, family_id, id as student_id
        ),
        c as (
            insert into enrollment.carts (studio_id, family_id, term_id)
            select f.studio_id, f.family_id, t.id
            from f inner join catalog.terms as t using (studio_id)
            returning studio_id, family_id, id as cart_id
        )
        insert into enrollment.cart_items (studio_id, family_id, cart_id, student_id, section_id)
        select studio_id, family_id, c.cart_id, p.student_id, s.id
        from c inner join p using (studio_id, family_id)
        inner join catalog.sections as s using (studio_id)
        """
    )
    bring_up(database)
    kept = database.rows(
        """
        select s.slug, c.uses_credit, i.add_on_codes, count(*)
        from enrollment.carts as c
        inner join enrollment.cart_items as i on c.studio_id = i.studio_id and c.id = i.cart_id
        inner join studio.studios as s on c.studio_id = s.id
        group by 1, 2, 3
        order by 1
        """
    )
    assert kept == [("one", False, [], 3), ("two", False, [], 3)]


def test_0013_every_part_of_every_quote_becomes_a_row(of_version: Callable) -> None:
    database = of_version(12)
    database.rows(CATALOGUE)
    database.rows(
        """
        insert into studio.settings (
            studio_id, term_id, hold_minutes, payment_minutes, final_answer_seconds,
            rate_step_basis, token_minutes, sign_in_attempts, sign_in_window_minutes,
            password_min_length, password_hash_cost, call_attempts, call_lease_seconds,
            call_courier_delay_seconds, message_attempts, message_lease_seconds,
            coupon_attempts, coupon_window_minutes
        )
        select
            s.id, null, 15, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 10, 8, 60, 3, 8, 60,
            10, 15
        from studio.studios as s
        """
    )
    database.rows(
        "insert into studio.settings (studio_id, term_id, hold_minutes)"
        " select t.studio_id, t.id, 20 from catalog.terms as t"
    )
    database.rows(
        """
        insert into pricing.payment_plans (
            studio_id, term_id, code, label, installments, auto_pay, accepts_checkout, version,
            valid_from, superseded_at
        )
        select
            t.studio_id, t.id, p.code, p.code, p.installments, p.installments > 1, true, p.version,
            now() - case when p.is_live then '0' else '1 day' end::interval,
            case when not p.is_live then now() end
        from catalog.terms as t
        cross join (
            values ('full', 1, 1, true), ('monthly', 5, 1, false), ('monthly', 3, 2, true)
        ) as p (code, installments, version, is_live)
        """
    )
    database.rows(
        """
        with f as (
            insert into identity.families (studio_id, name)
            select s.id, 'Rivera' from studio.studios as s
            returning studio_id, id
        ),
        c as (
            insert into enrollment.carts (studio_id, family_id, term_id)
            select f.studio_id, f.id, t.id
            from f inner join catalog.terms as t on f.studio_id = t.studio_id
            returning studio_id, family_id, id, term_id
        )
        insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, lines_digest, total_minor, schedule
        )
        select
            c.studio_id, c.family_id, c.id, c.term_id, p.id, p.auto_pay, now(), 2, '{}', '', 100,
            (
                select jsonb_agg(
                    jsonb_build_object(
                        'number', n.n,
                        'due_on', date '2026-01-31' + 28 * (n.n - 1),
                        'amount_minor', case
                            when n.n < p.installments then 100 / p.installments
                            else 100 - 100 / p.installments * (p.installments - 1)
                        end
                    )
                )
                from generate_series(1, p.installments) as n (n)
            )
        from c
        inner join pricing.payment_plans as p on c.studio_id = p.studio_id
        """
    )
    database.rows(
        """
        insert into pricing.quote_lines (
            studio_id, quote_id, line_number, family_id, kind, code, basis, amount_minor,
            rule_table, rule_id, rule_version
        )
        select
            q.studio_id, q.id, 1, q.family_id, 'fee', 'hall', '{}', q.total_minor,
            'pricing.fee_rules', 1, 1
        from pricing.quotes as q
        """
    )
    schedules = """
        select q.id, x.number, x.due_on::text, x.amount_minor
        from pricing.quotes as q
        cross join lateral jsonb_to_recordset(q.schedule) as x (
            number integer, due_on date, amount_minor bigint
        )
        order by 1, 2
    """
    before = database.rows(schedules)
    assert len(before) == 2 * (1 + 5 + 3)
    bring_up(database)
    after = database.rows(
        """
        select i.quote_id, i.number, i.due_on::text, i.amount_minor
        from pricing.quote_installments as i
        inner join pricing.quotes as q on i.studio_id = q.studio_id and i.family_id = q.family_id
            and i.quote_id = q.id
        order by 1, 2
        """
    )
    assert after == before
    kinds = database.rows(
        "select distinct p.installments, p.kind from pricing.payment_plans as p order by 1"
    )
    assert kinds == [(1, "full"), (3, "monthly"), (5, "monthly")]
    # What a term has not set for itself goes on to be as the studio says.
    settings = database.rows(
        """
        select distinct
            s.term_id is null, s.family_discount_later, s.tuition_proration, s.balance_days
        from studio.settings as s
        order by 1
        """
    )
    assert settings == [(False, None, None, None), (True, True, "none", 30)]


def test_0014_what_was_sold_whole_keeps_its_hours_and_its_dates(of_version: Callable) -> None:
    """Staff could price a class of any mode: such a camp or drop-in class was sold as a whole."""
    database = of_version(13)
    database.rows(CATALOGUE)
    database.rows(
        """
        with k as (
            insert into catalog.classes (studio_id, term_id, title, discipline, price_mode)
            select t.studio_id, t.id, x.mode, 'ballet', x.mode
            from catalog.terms as t
            cross join (values ('tiered'), ('drop_in')) as x (mode)
            returning studio_id, term_id, id, title
        ), s as (
            insert into catalog.sections (
                studio_id, term_id, class_id, location_id, name, starts_on, ends_on
            )
            select k.studio_id, k.term_id, k.id, l.id, k.title, '2026-01-05', '2026-01-19'
            from k inner join studio.locations as l on k.studio_id = l.studio_id
            returning studio_id, id
        ), t as (
            insert into catalog.section_times (studio_id, section_id, weekday, starts_at, ends_at)
            select studio_id, id, 1, '09:00', '15:00' from s
            returning studio_id, section_id, id
        )
        insert into catalog.meetings (
            studio_id, section_id, section_time_id, held_on, starts_at, ends_at, status
        )
        select
            t.studio_id, t.section_id, t.id, x.held_on, x.held_on + '14:00'::time,
            x.held_on + '20:00'::time, x.status
        from t
        cross join (
            values (date '2026-01-05', 'scheduled'), ('2026-01-12', 'cancelled'),
            ('2026-01-19', 'scheduled')
        ) as x (held_on, status)
        """
    )
    database.rows(
        """
        with f as (
            insert into identity.families (studio_id, name)
            select id, 'Stone' from studio.studios
            returning studio_id, id as family_id
        ), st as (
            insert into identity.students (
                studio_id, family_id, first_name, last_name, birth_date
            )
            select studio_id, family_id, 'Ada', 'Stone', '2015-01-01' from f
            returning studio_id, family_id, id as student_id
        ), c as (
            insert into enrollment.carts (studio_id, family_id, term_id)
            select st.studio_id, st.family_id, t.id
            from st inner join catalog.terms as t on st.studio_id = t.studio_id
            returning studio_id, family_id, term_id, id as cart_id
        ), i as (
            insert into enrollment.cart_items (
                studio_id, family_id, cart_id, student_id, section_id
            )
            select c.studio_id, c.family_id, c.cart_id, st.student_id, s.id
            from c
            inner join st on c.studio_id = st.studio_id
            inner join catalog.sections as s on c.studio_id = s.studio_id
            where s.name in ('meets', 'tiered', 'drop_in')
        ), p as (
            insert into pricing.payment_plans (
                studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout
            )
            select studio_id, id, 'full', 'full', 'Full', 1, false, true from catalog.terms
            returning studio_id, id as plan_id
        ), q as (
            insert into pricing.quotes (
                studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
                engine_version, inputs, lines_digest, total_minor
            )
            select
                c.studio_id, c.family_id, c.cart_id, c.term_id, p.plan_id, false, now(), 2, '{}',
                '', 0
            from c inner join p on c.studio_id = p.studio_id
            returning studio_id, family_id, cart_id, term_id, id as quote_id
        ), n as (
            insert into pricing.quote_installments (
                studio_id, quote_id, number, family_id, due_on, amount_minor
            )
            select studio_id, quote_id, 1, family_id, '2026-01-05', 0 from q
        ), r as (
            insert into enrollment.registrations (
                studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
            )
            select studio_id, family_id, term_id, cart_id, quote_id, 0, now() from q
            returning studio_id, family_id, id as registration_id
        ), e as (
            insert into enrollment.enrollments (
                studio_id, family_id, registration_id, student_id, section_id
            )
            select r.studio_id, r.family_id, r.registration_id, st.student_id, s.id
            from r
            inner join st on r.studio_id = st.studio_id
            inner join catalog.sections as s on r.studio_id = s.studio_id
            where s.name in ('meets', 'tiered', 'drop_in')
            returning studio_id, family_id, id, student_id, section_id
        )
        insert into enrollment.seats (
            studio_id, family_id, enrollment_id, student_id, section_id, dates, during
        )
        select
            e.studio_id, e.family_id, e.id, e.student_id, e.section_id,
            '{[2026-01-12,2026-01-14),[2026-01-19,2026-01-20)}',
            '{[2026-01-12 14:00+00,2026-01-12 15:00+00)}'
        from e inner join catalog.sections as s on e.studio_id = s.studio_id and e.section_id = s.id
        where s.name = 'drop_in'
        """
    )
    bring_up(database)
    picked = """
        select o.slug, s.name, x.price_mode, t.code, t.starts_at::text, t.is_offered, x.dates::text
        from enrollment.{table} as x
        inner join catalog.sections as s on x.studio_id = s.studio_id and x.section_id = s.id
        inner join studio.studios as o on s.studio_id = o.id
        left join catalog.section_tiers as t on x.studio_id = t.studio_id and x.tier_id = t.id
        order by 1, 2
    """
    # A cart has the dates that are held; an enrollment those of its seat, or else the same.
    for table, dates in (
        ("cart_items", "{2026-01-05,2026-01-19}"),
        ("enrollments", "{2026-01-12,2026-01-13,2026-01-19}"),
    ):
        assert database.rows(picked.format(table=table)) == [
            row
            for slug in ("one", "two")
            for row in (
                (slug, "drop_in", "drop_in", None, None, None, dates),
                (slug, "meets", "standard", None, None, None, None),
                (slug, "tiered", "tiered", "whole", "09:00:00", False, None),
            )
        ]


# Two studios, in each a family with a cart, two students and a plan.
CARTS = """
    with s as (
        insert into studio.studios (slug, name, timezone, currency)
        select x.slug, x.slug, 'America/New_York', 'USD'
        from (values ('one'), ('two')) as x (slug)
        returning id as studio_id
    ),
    t as (
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at
        )
        select studio_id, 'Spring', '2026-01-05', '2026-06-05', '2025-12-01', '2026-02-01'
        from s
        returning studio_id, id as term_id
    ),
    f as (
        insert into identity.families (studio_id, name)
        select studio_id, 'Rivera' from s
        returning studio_id, id as family_id
    ),
    c as (
        insert into enrollment.carts (studio_id, family_id, term_id)
        select f.studio_id, f.family_id, t.term_id
        from f inner join t on f.studio_id = t.studio_id
        returning studio_id, family_id, term_id, id as cart_id
    ),
    st as (
        insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
        select f.studio_id, f.family_id, x.name, 'Rivera', '2015-05-05'
        from f cross join (values ('Ana'), ('Ben')) as x (name)
        returning studio_id, family_id, id as student_id, first_name
    ),
    p as (
        insert into pricing.payment_plans (
            studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout
        )
        select studio_id, term_id, 'full', 'full', 'Full', 1, false, true from t
        returning studio_id, id as plan_id
    ),
"""


# Two quotes of each cart: one of four lines, which were not stored in their order, and one of none.
QUOTES = f"""
    {CARTS}
    q as (
        insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
            engine_version, inputs, lines_digest, total_minor
        )
        select
            c.studio_id, c.family_id, c.cart_id, c.term_id, p.plan_id, false, now(), 4,
            jsonb_build_object(
                'items',
                (
                    select jsonb_agg(to_jsonb(st)) from st where st.family_id = c.family_id
                )
            ),
            '', x.total_minor
        from c
        inner join p on c.studio_id = p.studio_id
        cross join (values (34000), (0)) as x (total_minor)
        returning studio_id, family_id, id as quote_id, total_minor
    ),
    i as (
        insert into pricing.quote_installments (
            studio_id, quote_id, number, family_id, due_on, amount_minor
        )
        select q.studio_id, q.quote_id, 1, q.family_id, '2026-01-05', q.total_minor from q
    )
    insert into pricing.quote_lines (
        studio_id, quote_id, line_number, family_id, student_id, kind, code, section_id, basis,
        amount_minor, rule_table, rule_id, rule_version
    )
    select
        q.studio_id, q.quote_id, x.number, q.family_id, st.student_id, x.kind, x.kind,
        case x.kind when 'override' then 7 end, x.basis, x.minor, x.rule_table, x.number, 2
    from q
    cross join (
        values
        (3, null, 'family_discount', '{{"base_minor": 40000}}'::jsonb, -5000, 'pricing.x'),
        (2, 'Ben', 'tuition', '{{"weekly_count": 2, "of": [1, null]}}', 30000, 'pricing.rates'),
        (4, null, 'adjustment', '{{}}', -1000, 'pricing.adjustments'),
        (1, 'Ana', 'override', '{{"price_mode": "standard"}}', 10000, 'pricing.overrides')
    ) as x (number, student, kind, basis, minor, rule_table)
    left join st on q.studio_id = st.studio_id and x.student = st.first_name
    where q.total_minor > 0
"""


def test_0018_every_line_of_every_quote_stays_in_its_place(of_version: Callable) -> None:
    database = of_version(17)
    database.rows(QUOTES)
    lines = "select l.* from pricing.quote_lines as l order by l.quote_id, l.line_number"
    before = database.rows(lines)
    assert len(before) == 2 * 4
    quotes = """
        select to_jsonb(q) - '{lines,lines_digest,parts}'::text [] from pricing.quotes as q
        order by q.id
    """
    quotes_before = database.rows(quotes)
    bring_up(database)
    assert database.rows(lines) == before
    assert database.rows(quotes) == quotes_before
    kept = "select q.total_minor, cardinality(q.lines) from pricing.quotes as q order by q.id"
    assert sorted(database.rows(kept)) == [(0, 0)] * 2 + [(34000, 4)] * 2
    # The quotes refuse every change again.
    with pytest.raises(psycopg.Error, match="append_only"):
        database.rows("update pricing.quotes set lines = lines")


@pytest.mark.parametrize(
    "wrong",
    [
        "update pricing.quotes set total_minor = total_minor + 1",
        "update pricing.quotes set inputs = '{}'",
    ],
)
def test_0018_lines_that_are_not_their_quotes_stop_it(of_version: Callable, wrong: str) -> None:
    database = of_version(17)
    database.rows(QUOTES)
    database.rows(wrong)
    with pytest.raises(deploy.DeployError, match=r"0018.*quotes_lines_add_up"):
        deploy.run(database.url)
    assert database.value("select count(*) from pricing.quote_lines") == 2 * 4


# Two quotes of each cart: one of three parts, not stored in their order, and one of nothing.
PARTS = f"""
    {CARTS}
    q as (
        insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
            engine_version, inputs, lines_digest, total_minor, lines
        )
        select
            c.studio_id, c.family_id, c.cart_id, c.term_id, p.plan_id, false, now(), 4, '{{}}', 'x',
            x.total_minor,
            array[
                (
                    c.cart_id, null, 'adjustment', 'all', null, '{{}}', x.total_minor,
                    'pricing.adjustments', 1, 1
                )::pricing.line
            ]
        from c
        inner join p on c.studio_id = p.studio_id
        cross join (values (34000), (0)) as x (total_minor)
        returning studio_id, family_id, id as quote_id, total_minor
    )
    insert into pricing.quote_installments (
        studio_id, quote_id, number, family_id, due_on, amount_minor
    )
    select q.studio_id, q.quote_id, x.number, q.family_id, x.due_on, x.amount_minor
    from q
    inner join (
        values
        (34000, 3, date '2026-03-05', 11334),
        (34000, 1, '2026-01-05', 11333),
        (0, 1, '2026-01-05', 0),
        (34000, 2, '2026-02-05', 11333)
    ) as x (total_minor, number, due_on, amount_minor)
        on q.total_minor = x.total_minor
"""


def test_0019_every_part_of_every_quote_stays_in_its_place(of_version: Callable) -> None:
    database = of_version(18)
    database.rows(PARTS)
    parts = """
        select i.studio_id, i.quote_id, i.number, i.family_id, i.due_on::text, i.amount_minor
        from pricing.quote_installments as i order by 2, 3
    """
    before = database.rows(parts)
    assert len(before) == 2 * (3 + 1)
    quotes = """
        select to_jsonb(q) - '{lines_digest,parts}'::text [] from pricing.quotes as q order by q.id
    """
    quotes_before = database.rows(quotes)
    bring_up(database)
    assert database.rows(parts) == before
    assert database.rows(quotes) == quotes_before
    kept = "select q.total_minor, q.parts::text from pricing.quotes as q order by 1, q.id"
    assert database.rows(kept) == [(0, '{"(1,2026-01-05,0)"}')] * 2 + [
        (34000, '{"(1,2026-01-05,11333)","(2,2026-02-05,11333)","(3,2026-03-05,11334)"}')
    ] * 2
    # The quotes refuse every change again.
    with pytest.raises(psycopg.Error, match="append_only"):
        database.rows("update pricing.quotes set parts = parts")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("set amount_minor = amount_minor + 1 where number = 2", "quotes_parts_add_up"),
        ("set due_on = '2026-01-04' where number = 3", "quotes_parts_add_up"),
        ("set number = 4 where number = 3", "parts of quotes would be changed"),
        ("set family_id = family_id + 1000 where number = 3", "parts of quotes would be changed"),
        ("set quote_id = quote_id + 1000", "parts of quotes would be lost"),
        ("set studio_id = studio_id + 1000 where number = 3", "parts of quotes would be lost"),
    ],
)
def test_0019_parts_that_are_not_their_quotes_stop_it(
    of_version: Callable, wrong: str, why: str
) -> None:
    database = of_version(18)
    database.rows(PARTS)
    # Even what a foreign key refuses, as a table may have come to be.
    database.rows(
        f"set session_replication_role = replica; update pricing.quote_installments {wrong}"
    )
    with pytest.raises(deploy.DeployError, match=rf"(?s)0019.*{why}"):
        deploy.run(database.url)
    assert database.value("select count(*) from pricing.quote_installments") == 2 * (3 + 1)


def test_0019_a_quote_without_parts_stops_it(of_version: Callable) -> None:
    database = of_version(18)
    database.rows(PARTS)
    database.rows("delete from pricing.quote_installments where amount_minor = 0")
    with pytest.raises(deploy.DeployError, match=r"0019.*quotes_parts_add_up"):
        deploy.run(database.url)
    assert database.value("select count(*) from pricing.quote_installments") == 2 * 3


def test_0020_seats_stay_their_enrollments(of_version: Callable) -> None:
    database = of_version(19)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        insert into studio.settings (
            studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
            message_attempts, message_lease_seconds, coupon_attempts, coupon_window_minutes,
            family_discount_later, tuition_proration, balance_days
        )
        select
            s.id, 20, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 10, 8, 60, 3, 8, 60, 10, 15,
            true, 'none', 30
        from studio.studios as s;
        insert into studio.settings (studio_id, term_id, hold_minutes)
        select t.studio_id, t.id, 5 from catalog.terms as t
        """
    )
    database.rows(
        """
        -- Without the quotes they were made of.
        set session_replication_role = replica;
        insert into enrollment.places (studio_id, section_id, place_number)
        select s.studio_id, s.id, 1 from catalog.sections as s where s.name = 'meets';
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
        select f.studio_id, f.id, 'Sofia', 'Rivera', '2015-05-05' from identity.families as f;
        insert into enrollment.carts (studio_id, family_id, term_id)
        select f.studio_id, f.id, t.id
        from identity.families as f
        inner join catalog.terms as t on f.studio_id = t.studio_id;
        insert into enrollment.registrations (
            studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
        )
        select c.studio_id, c.family_id, c.term_id, c.id, 1, 100, now()
        from enrollment.carts as c;
        insert into enrollment.enrollments (
            studio_id, family_id, registration_id, student_id, section_id, price_mode
        )
        select r.studio_id, r.family_id, r.id, d.id, s.id, s.price_mode
        from enrollment.registrations as r
        inner join identity.students as d on r.studio_id = d.studio_id
        inner join catalog.sections as s on r.studio_id = s.studio_id and s.name = 'meets';
        insert into enrollment.seats (
            studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates, during
        )
        select
            e.studio_id, e.family_id, e.id, e.student_id, e.section_id, 1,
            '{[2026-01-05,2026-01-06)}', '{["2026-01-05 15:00+00","2026-01-05 16:00+00")}'
        from enrollment.enrollments as e
        """
    )
    seats = """
        select to_jsonb(s) - '{cart_item_id,waitlist_entry_id,reason,unshared}'::text []
        from enrollment.seats as s order by s.id
    """
    carts = "select to_jsonb(c) - '{kind,hold_expires_at}'::text [] from enrollment.carts as c"
    before, carts_before = database.rows(seats), database.rows(carts)
    assert len(before) == len(carts_before) == 2
    bring_up(database)
    assert database.rows(seats) == before
    assert database.rows(carts) == carts_before
    assert database.rows(
        "select distinct s.unshared = s.during, s.cart_item_id from enrollment.seats as s"
    ) == [(True, None)]
    assert database.rows("select distinct c.kind, c.hold_expires_at from enrollment.carts as c") == [
        ("family", None)
    ]
    # What a term has not set for itself goes on to be as the studio says.
    assert database.rows(
        """
        select distinct
            s.term_id is null, s.hold_minutes, s.hold_starts_at, s.offer_hours, s.stuck_hours,
            s.staff_hold_minutes, s.late_money, s.charge_at::text, s.refund_days
        from studio.settings as s
        order by 1
        """
    ) == [
        (False, 5, None, None, None, None, None, None, None),
        (True, 20, "checkout", 24, 24, 60, "retake", "06:00:00", 180),
    ]


def test_0024_enrollments_and_credits_stay_and_nothing_is_known_of_an_end(
    of_version: Callable,
) -> None:
    database = of_version(23)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        -- Without the quotes they were made of.
        set session_replication_role = replica;
        insert into identity.accounts (email, full_name) values ('desk@example.com', 'Desk');
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
        select f.studio_id, f.id, x.name, 'Rivera', '2015-05-05'
        from identity.families as f
        cross join (values ('Ada'), ('Ben'), ('Cleo'), ('Dan')) as x (name);
        insert into enrollment.carts (studio_id, family_id, term_id)
        select f.studio_id, f.id, t.id
        from identity.families as f
        inner join catalog.terms as t on f.studio_id = t.studio_id;
        insert into enrollment.confirmations (
            studio_id, family_id, registration_id, cause, amount_minor
        )
        select c.studio_id, c.family_id, c.id, 'nothing_due', 0 from enrollment.carts as c;
        insert into enrollment.registrations (
            studio_id, id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at,
            status, confirmation_id
        )
        overriding system value
        select
            c.studio_id, c.id, c.family_id, c.term_id, c.id, 1, 0, now(), 'confirmed', n.id
        from enrollment.carts as c
        inner join enrollment.confirmations as n
            on c.studio_id = n.studio_id and c.id = n.registration_id;
        insert into enrollment.enrollments (
            studio_id, family_id, registration_id, student_id, section_id, price_mode, status
        )
        select
            r.studio_id, r.family_id, r.id, d.id, s.id, s.price_mode,
            case d.first_name
                when 'Ada' then 'confirmed' when 'Ben' then 'cancelled' when 'Cleo' then 'failed'
                else 'pending'
            end
        from enrollment.registrations as r
        inner join identity.students as d on r.studio_id = d.studio_id
        inner join catalog.sections as s on r.studio_id = s.studio_id and s.name = 'meets';
        insert into pricing.credits (studio_id, family_id, amount_minor, reason, issued_by)
        select f.studio_id, f.id, 500, 'rain', a.id
        from identity.families as f cross join identity.accounts as a
        """
    )
    enrollments = """
        select to_jsonb(e) - '{ended_on,from_enrollment_id}'::text []
        from enrollment.enrollments as e order by e.id
    """
    credits = "select to_jsonb(c) from pricing.credits as c order by c.id"
    before, credits_before = database.rows(enrollments), database.rows(credits)
    assert (len(before), len(credits_before)) == (8, 2)
    bring_up(database)
    assert database.rows(enrollments) == before
    assert database.rows(credits) == credits_before
    assert database.rows(
        """
        select count(e.ended_on), count(e.from_enrollment_id),
            (select count(*) from enrollment.changes)
        from enrollment.enrollments as e
        """
    ) == [(0, 0, 0)]

    # One that nobody granted, as follows from a rule, can be kept by now.
    database.rows(
        """
        insert into pricing.credits (studio_id, family_id, amount_minor, reason, issued_by)
        select f.studio_id, f.id, 700, 'an offer', null from identity.families as f
        """
    )
    ended = """
        update enrollment.enrollments as e set ended_on = '2026-02-02'
        where e.status = '{status}'
    """
    for status in ("pending", "failed"):
        with pytest.raises(psycopg.errors.CheckViolation):
            database.rows(ended.format(status=status))
    database.rows(ended.format(status="cancelled"))
    moved = """
        update enrollment.enrollments as e set from_enrollment_id = f.id
        from enrollment.enrollments as f
        where f.status = 'cancelled' and {which}
    """
    for which, error in (
        # From one of another studio; two from one.
        ("e.studio_id <> f.studio_id and e.status = 'confirmed'", psycopg.errors.ForeignKeyViolation),
        ("e.studio_id = f.studio_id and e.id <> f.id", psycopg.errors.UniqueViolation),
    ):
        with pytest.raises(error):
            database.rows(moved.format(which=which))
    database.rows(moved.format(which="e.studio_id = f.studio_id and e.status = 'confirmed'"))

    change = """
        insert into enrollment.changes (
            studio_id, family_id, registration_id, enrollment_id, kind, effective_on, reason,
            weekdays, price_change_minor, is_price_set, given_back_minor, credit_id
        )
        select
            e.studio_id, e.family_id, e.registration_id, e.id, x.kind, '2026-02-02', x.reason,
            x.weekdays, x.price_minor, false, x.back_minor, case when x.has_credit then c.id end
        from enrollment.enrollments as e
        inner join pricing.credits as c
            on {joined} and c.issued_by is null
        cross join (values {values}) as x (
            kind, reason, weekdays, price_minor, back_minor, has_credit
        )
        where e.status = 'cancelled'
    """
    none = "null::smallint []"
    for wrong in (
        f"('ended', 'x', {none}, -700, 700, true)",
        f"('cancelled', ' ', {none}, -700, 700, true)",
        "('cancelled', 'x', '{1}'::smallint [], -700, 700, true)",
        f"('weekdays_dropped', 'x', {none}, -700, 700, true)",
        f"('cancelled', 'x', {none}, -600, 700, true)",
        f"('cancelled', 'x', {none}, 700, 700, true)",
        f"('cancelled', 'x', {none}, -700, -1, true)",
        f"('cancelled', 'x', {none}, -700, 700, false)",
        f"('cancelled', 'x', {none}, -700, 0, true)",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            database.rows(change.format(joined="e.family_id = c.family_id", values=wrong))
    right = f"('cancelled', 'x', {none}, -700, 700, true)"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        # The credit of another family.
        database.rows(change.format(joined="e.family_id <> c.family_id", values=right))
    database.rows(change.format(joined="e.family_id = c.family_id", values=right))
    assert database.value("select count(*) from enrollment.changes") == 2


def test_0026_meetings_stay_as_they_were_held_or_cancelled(of_version: Callable) -> None:
    database = of_version(25)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at, status)
        select
            s.studio_id, s.id, x.held_on, x.held_on + '21:00'::time, x.held_on + '22:00'::time,
            x.status
        from catalog.sections as s
        cross join (
            values (date '2026-01-05', 'scheduled'), ('2026-01-12', 'cancelled')
        ) as x (held_on, status)
        """
    )
    meetings = """
        select to_jsonb(m) - '{cancelled_reason,moved_from}'::text []
        from catalog.meetings as m order by m.id
    """
    before = database.rows(meetings)
    assert len(before) == 12
    bring_up(database)
    assert database.rows(meetings) == before
    assert database.value("select count(m.cancelled_reason) from catalog.meetings as m") == 0
    for wrong in ("'late'", "''"):
        with pytest.raises(psycopg.errors.CheckViolation):
            database.rows(
                f"update catalog.meetings set cancelled_reason = {wrong}"
                " where held_on = '2026-01-05'"
            )


def test_0027_payments_stay_and_are_sales_on_a_page(of_version: Callable) -> None:
    database = of_version(26)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        -- Without the registrations they were for.
        set session_replication_role = replica;
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
        select s.id, replace(s.slug, '-', '_'), s.slug, 'mch' || s.id, 'sandbox' from studio.studios as s;
        insert into payment.shoppers (studio_id, family_id, merchant_account_id, reference)
        select f.studio_id, f.id, m.id, 'fam-' || f.id
        from identity.families as f
        inner join payment.merchant_accounts as m on f.studio_id = m.studio_id;
        insert into payment.payments (
            studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
            amount_minor, currency, status, return_url, cancel_url, session_ends_at,
            accepted_sale_id
        )
        select
            s.studio_id, s.family_id, x.number, s.merchant_account_id, s.id,
            'pay-' || s.id || x.status, 100 * x.number, 'USD', x.status, 'https://a.example',
            'https://b.example', '2026-01-05 10:00+00',
            case when x.status in ('authorized', 'voided') then x.number end
        from payment.shoppers as s
        cross join (
            values (1, 'open'), (2, 'authorized'), (3, 'expired'), (4, 'failed'), (5, 'voided')
        ) as x (number, status);
        insert into payment.gateway_calls (
            studio_id, merchant_account_id, purpose, payment_id, method, path
        )
        select p.studio_id, p.merchant_account_id, 'fetch_session', p.id, 'GET', '/payment-sessions/a1'
        from payment.payments as p
        """
    )
    payments = """
        select
            to_jsonb(p)
            - '{flow,do_capture,stored_method_id,installment_id,credential_type}'::text []
            - '{hosted_card_ref,card_scheme,card_last4,card_expires_on,card_fingerprint}'::text []
        from payment.payments as p order by p.id
    """
    calls = "select to_jsonb(c) - '{resource,failures,refund_id}'::text [] from payment.gateway_calls as c order by c.id"
    before, calls_before = database.rows(payments), database.rows(calls)
    assert (len(before), len(calls_before)) == (10, 10)
    bring_up(database)
    assert database.rows(payments) == before
    assert database.rows(calls) == calls_before
    assert database.rows(
        """
        select distinct p.flow, p.do_capture, p.stored_method_id
        from payment.payments as p
        """
    ) == [("sale_first", True, None)]


def test_0029_what_happened_before_the_ledger_is_posted_to_it(of_version: Callable) -> None:
    database = of_version(28)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        set session_replication_role = replica;
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
        select s.id, s.slug, s.slug, 'mch' || s.id, 'sandbox' from studio.studios as s;
        insert into payment.shoppers (studio_id, family_id, merchant_account_id, reference)
        select f.studio_id, f.id, m.id, 'fam-' || f.id
        from identity.families as f
        inner join payment.merchant_accounts as m on f.studio_id = m.studio_id;
        insert into enrollment.carts (studio_id, family_id, term_id)
        select f.studio_id, f.id, t.id
        from identity.families as f
        inner join catalog.terms as t on f.studio_id = t.studio_id;
        insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, total_minor, lines, parts
        )
        select
            c.studio_id, c.family_id, c.id, c.term_id, 1, false, '2026-01-05 10:00+00', 1,
            '{"items": []}', 900,
            array[
                (c.id, null, 'tuition', 'tuition', null, '{}', 1000, 'rates', 1, 1)::pricing.line,
                (c.id, null, 'coupon', 'coupon', null, '{}', -100, 'coupons', 1, 1)::pricing.line
            ],
            array[(1, date '2026-01-05', 900)::pricing.part]
        from enrollment.carts as c;
        insert into enrollment.registrations (
            studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at,
            status, confirmation_id
        )
        select
            q.studio_id, q.family_id, q.term_id, q.cart_id, q.id, 900, '2026-01-05 11:00+00',
            'confirmed', 1
        from pricing.quotes as q;
        insert into payment.payments (
            studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
            amount_minor, currency, status, return_url, cancel_url, session_ends_at,
            accepted_sale_id
        )
        select
            s.studio_id, s.family_id, r.id, s.merchant_account_id, s.id, 'pay-' || s.id, 900,
            'USD', 'authorized', 'https://a.example', 'https://b.example',
            '2026-01-05 11:00+00', 1
        from payment.shoppers as s
        inner join enrollment.registrations as r
            on s.studio_id = r.studio_id and s.family_id = r.family_id;
        insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency, created_at, updated_at
        )
        select
            p.studio_id, p.family_id, p.id, p.merchant_account_id, 'trx' || p.id, 'sale', 'settled',
            60, true, 900, 'USD',
            -- Still the day before, there.
            '2026-01-05 04:59+00', '2026-02-01 12:00+00'
        from payment.payments as p;
        insert into enrollment.confirmations (
            studio_id, family_id, registration_id, cause, transaction_id, amount_minor, confirmed_at
        )
        select
            t.studio_id, t.family_id, p.registration_id, 'transaction', t.id, 900,
            '2026-01-05 05:01+00'
        from payment.transactions as t
        inner join payment.payments as p on t.payment_id = p.id
        """
    )
    bring_up(database)
    assert database.rows("select count(*) from payment.ledger_postings") == [(0,)]
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("set session authorization scheduler")
        for studio_id, expected in ((1, 4), (2, 4), (1, 0), (2, 0)):
            with connection.transaction():
                connection.execute("select auth.enter_studio(%s)", (studio_id,))
                posted = connection.execute("select payment.post_missing()").fetchone()
            assert posted == (expected,)
    assert database.rows(
        """
        select
            p.source, p.occurred_on::text, p.posted_on::text,
            string_agg(e.account || ' ' || e.amount_minor, ', ' order by e.number), count(*)
        from payment.ledger_postings as p
        inner join payment.ledger_entries as e on p.studio_id = e.studio_id and p.id = e.posting_id
        group by p.studio_id, p.id
        order by p.studio_id, p.id
        """
    ) == 2 * [
        ("sale", "2026-01-04", "2026-01-04", "cash_in_transit 900, unapplied -900", 2),
        ("settlement", "2026-02-01", "2026-02-01", "cash_in_transit -900, cash 900", 2),
        (
            "registration",
            "2026-01-05",
            "2026-01-05",
            "receivable 900, revenue:tuition -1000, discounts 100",
            3,
        ),
        ("application", "2026-01-05", "2026-01-05", "receivable -900, unapplied 900", 2),
    ]


def test_0030_messages_stay_and_who_wanted_texts_has_agreed_to_them(of_version: Callable) -> None:
    database = of_version(29)
    database.rows(
        """
        insert into studio.studios (name, slug, timezone, currency)
        values ('Academy', 'academy', 'America/New_York', 'USD'),
        ('Barre', 'barre', 'Europe/London', 'GBP');
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into identity.accounts (email, full_name, phone)
        values ('ada@example.com', 'Ada', '+12125550123'), ('bea@example.com', 'Bea', null);
        insert into identity.guardians (
            studio_id, family_id, account_id, is_primary, sms_opt_in, created_at
        )
        select f.studio_id, f.id, a.id, a.phone is not null, a.phone is not null, '2026-01-05'
        from identity.families as f cross join identity.accounts as a;
        insert into messaging.messages (
            studio_id, family_id, account_id, channel, template_code, dedupe_key, status, sent_at
        )
        select
            g.studio_id, g.family_id, g.account_id, 'sms', 'test', x.status || g.id, x.status,
            case x.status when 'sent' then now() end
        from identity.guardians as g
        cross join (values ('queued'), ('sent'), ('failed')) as x (status)
        """
    )
    messages = "select to_jsonb(m) from messaging.messages as m order by m.id"
    guardians = """
        select to_jsonb(g) - '{sms_consent_at,sms_consent_phone}'::text []
        from identity.guardians as g order by g.id
    """
    before, guardians_before = database.rows(messages), database.rows(guardians)
    assert (len(before), len(guardians_before)) == (12, 4)
    bring_up(database)
    assert database.rows(messages) == before
    assert database.rows(guardians) == guardians_before
    assert database.rows(
        """
        select g.sms_opt_in, g.sms_consent_phone, count(g.sms_consent_at), count(*)
        from identity.guardians as g
        where coalesce(g.sms_consent_at = g.created_at, true)
        group by 1, 2 order by 1
        """
    ) == [(False, None, 0, 2), (True, "+12125550123", 2, 2)]
    for wrong in (
        "update messaging.messages set status = 'delivered' where status = 'failed'",
        "update messaging.messages set status = 'suppressed', sent_at = now()"
        " where status = 'queued'",
        "update identity.guardians set sms_consent_at = null where sms_opt_in",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            database.rows(wrong)


def test_0032_plans_and_schedules_stay_and_cards_are_charged_at_once(of_version: Callable) -> None:
    database = of_version(31)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        insert into pricing.payment_plans (
            studio_id, term_id, code, label, kind, installments, auto_pay, accepts_checkout
        )
        select
            t.studio_id, t.id, 'monthly', 'Monthly', 'monthly', 5, true, false
        from catalog.terms as t;
        -- Without the family it was for.
        set session_replication_role = replica;
        insert into pricing.custom_schedules (studio_id, family_id, cart_id, reason, set_by)
        select s.id, 1, 1, 'job lost', 1 from studio.studios as s;
        insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency, failure_code
        )
        select
            s.id, 1, 1, 1, 'trx' || s.id, 'sale', 'declined', 70, false, 100, 'USD',
            'declinedByIssuer'
        from studio.studios as s;
        """
    )
    plans = "select to_jsonb(p) - 'do_capture' from pricing.payment_plans as p order by p.id"
    schedules = "select to_jsonb(c) - 'auto_pay' from pricing.custom_schedules as c order by c.id"
    transactions = """
        select to_jsonb(t) - '{failure_reason,refunded_minor,batch_id}'::text []
        from payment.transactions as t order by t.id
    """
    before = [database.rows(query) for query in (plans, schedules, transactions)]
    assert all(len(rows) >= 2 for rows in before)
    bring_up(database)
    assert [database.rows(query) for query in (plans, schedules, transactions)] == before
    assert database.value("select bool_and(p.do_capture) from pricing.payment_plans as p") is True
    assert database.value("select bool_or(c.auto_pay) from pricing.custom_schedules as c") is False
    assert database.rows("select from payment.installments as i") == []


def test_0033_what_was_given_back_is_written_down_and_nothing_else_changes(
    of_version: Callable,
) -> None:
    database = of_version(32)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        -- Without the registrations they were for.
        set session_replication_role = replica;
        insert into identity.families (studio_id, name)
        select s.id, 'Rivera' from studio.studios as s;
        insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
        select s.id, replace(s.slug, '-', '_'), s.slug, 'mch' || s.id, 'sandbox' from studio.studios as s;
        insert into payment.shoppers (studio_id, family_id, merchant_account_id, reference)
        select f.studio_id, f.id, m.id, 'fam-' || f.id
        from identity.families as f
        inner join payment.merchant_accounts as m on f.studio_id = m.studio_id;
        insert into payment.payments (
            studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
            amount_minor, currency, return_url, cancel_url, session_ends_at
        )
        select
            s.studio_id, s.family_id, x.number, s.merchant_account_id, s.id,
            'pay-' || s.id || x.number, 100 * x.number, 'USD', 'https://a.example',
            'https://b.example', '2026-01-05 10:00+00'
        from payment.shoppers as s
        cross join generate_series(1, 4) as x (number);
        -- Kept, voided, about to be voided, and refunded in part.
        insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency, parent_gateway_id
        )
        select
            p.studio_id, p.family_id, p.id, p.merchant_account_id, x.type || p.registration_id,
            x.type, x.state, 40, true, coalesce(x.amount_minor, p.amount_minor), p.currency,
            case when x.type <> 'sale' then 'sale' || p.registration_id end
        from payment.payments as p
        inner join (
            values
            (1, 'sale', 'captured', null), (2, 'sale', 'voided', null),
            (2, 'void', 'authorized', null), (3, 'sale', 'captured', null),
            (4, 'sale', 'settled', null), (4, 'refund', 'authorized', 150)
        ) as x (number, type, state, amount_minor) on p.registration_id = x.number;
        insert into payment.gateway_calls (
            studio_id, merchant_account_id, purpose, payment_id, method, path, body
        )
        select
            p.studio_id, p.merchant_account_id, 'void_transaction', p.id, 'POST', '/transactions',
            '{"type": "void", "parentTransaction": "sale3"}'
        from payment.payments as p
        where p.registration_id = 3;
        insert into enrollment.confirmations (
            studio_id, family_id, registration_id, cause, transaction_id, amount_minor
        )
        select t.studio_id, t.family_id, 1, 'transaction', t.id, t.amount_minor
        from payment.transactions as t where t.gateway_id = 'sale1';
        insert into enrollment.registrations (
            studio_id, id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at,
            status, status_reason, confirmation_id
        )
        overriding system value
        select
            p.studio_id, p.registration_id, p.family_id, 1, 1, 1, p.amount_minor, now(),
            case when c.id is null then 'failed' else 'confirmed' end,
            case when c.id is null then 'hold_lapsed' end, c.id
        from payment.payments as p
        left join enrollment.confirmations as c
            on p.studio_id = c.studio_id and p.registration_id = c.registration_id
        """
    )
    kept = [
        "select to_jsonb(t) - '{refunded_minor,batch_id}'::text [] from payment.transactions as t"
        " order by t.id",
        "select to_jsonb(c) - 'refund_id' from payment.gateway_calls as c order by c.id",
        "select to_jsonb(c) - 'offline_payment_id' from enrollment.confirmations as c order by c.id",
        "select to_jsonb(r) - 'balance_due_on' from enrollment.registrations as r order by r.id",
    ]
    before = [database.rows(query) for query in kept]
    assert [len(found) for found in before] == [12, 2, 2, 8]
    bring_up(database)
    assert [database.rows(query) for query in kept] == before
    assert database.rows(
        """
        select
            s.gateway_id, s.refunded_minor, r.kind, r.status, r.amount_minor,
            r.price_reduction_minor, r.return_gateway_id,
            (select count(*) from payment.gateway_calls as c where c.refund_id = r.id), count(*)
        from payment.transactions as s
        left join payment.refunds as r on s.studio_id = r.studio_id and s.id = r.transaction_id
        where s.type = 'sale'
        group by s.gateway_id, s.refunded_minor, r.id, r.kind, r.status, r.amount_minor,
            r.price_reduction_minor, r.return_gateway_id, s.studio_id
        order by s.gateway_id, s.studio_id
        """
    ) == [
        row
        for row in (
            ("sale1", 0, None, None, None, None, None, 0, 1),
            ("sale2", 200, "void", "done", 200, 0, "void2", 0, 1),
            ("sale3", 300, "void", "pending", 300, 0, None, 1, 1),
            ("sale4", 150, "refund", "done", 150, 0, "refund4", 0, 1),
        )
        for _ in range(2)
    ]
    with pytest.raises(psycopg.errors.CheckViolation):
        database.rows("update payment.transactions set refunded_minor = amount_minor + 1")
    with pytest.raises(psycopg.errors.CheckViolation):
        database.rows(
            "set session_replication_role = replica;"
            "update enrollment.registrations set status = 'partial'"
        )


def test_0034_transactions_stay_and_are_of_no_batch_yet(of_version: Callable) -> None:
    database = of_version(33)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        set session_replication_role = replica;
        insert into studio.settings (
            studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
            message_attempts, message_lease_seconds, coupon_attempts, coupon_window_minutes,
            family_discount_later, tuition_proration, balance_days, hold_starts_at,
            waitlist_on_lapse, waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity,
            offer_hours, offer_reminder_hours, offer_stop_hours, stuck_hours,
            staff_hold_minutes, news_due_minutes, late_money, charge_at, charge_attempts,
            charge_summary_at, review_attempts, review_hours, refund_days, refund_reason_length
        )
        select
            s.id, 15, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 4, 8, 60, 3, 8, 60, 10, 15,
            true, 'none', 30, 'checkout', 'automatic', 'automatic', 'reserve', 'automatic', 24, 6,
            72, 24, 60, 5, 'retake', time '06:00', 3, time '09:00', 3, 72, 180, 10
        from studio.studios as s;
        insert into studio.settings (studio_id, term_id, hold_minutes)
        select t.studio_id, t.id, 20 from catalog.terms as t;
        insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency
        )
        select s.id, 1, 1, 1, 'trx' || x.state, 'sale', x.state, 60, true, 900, 'USD'
        from studio.studios as s
        cross join (values ('captured'), ('settled')) as x (state)
        """
    )
    transactions = """
        select to_jsonb(t) - 'batch_id' from payment.transactions as t order by t.id
    """
    before = database.rows(transactions)
    assert len(before) == 4
    bring_up(database)
    assert database.rows(transactions) == before
    assert database.value("select count(t.batch_id) from payment.transactions as t") == 0
    assert database.rows(
        "select s.term_id is null, s.settlement_days from studio.settings as s order by 1, s.id"
    ) == [(False, None), (False, None), (True, 3), (True, 3)]
    for wrong in ("null where term_id is null", "3 where term_id is not null", "0", "61"):
        with pytest.raises(psycopg.errors.CheckViolation):
            database.rows(f"update studio.settings set settlement_days = {wrong}")


def test_0035_notices_keep_their_failures_and_studios_get_their_settings(
    of_version: Callable,
) -> None:
    database = of_version(34)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        set session_replication_role = replica;
        insert into studio.settings (
            studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
            message_attempts, message_lease_seconds, coupon_attempts, coupon_window_minutes,
            family_discount_later, tuition_proration, balance_days, hold_starts_at,
            waitlist_on_lapse, waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity,
            offer_hours, offer_reminder_hours, offer_stop_hours, stuck_hours,
            staff_hold_minutes, news_due_minutes, late_money, charge_at, charge_attempts,
            charge_summary_at, review_attempts, review_hours, refund_days, refund_reason_length,
            settlement_days
        )
        select
            s.id, 15, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 4, 8, 60, 3, 8, 60, 10, 15,
            true, 'none', 30, 'checkout', 'automatic', 'automatic', 'reserve', 'automatic', 24, 6,
            72, 24, 60, 5, 'retake', time '06:00', 3, time '09:00', 3, 72, 180, 10, 3
        from studio.studios as s;
        insert into studio.settings (studio_id, term_id, hold_minutes)
        select t.studio_id, t.id, 20 from catalog.terms as t;
        insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
        select s.id, s.slug, s.slug, s.slug, 'sandbox' from studio.studios as s;
        insert into payment.gateway_events (
            merchant_account_id, gateway_id, event_type, resource_type, resource_id, body,
            failures, last_error
        )
        select m.id, 'ntf', 'saleAuthorized', 'transaction', 'trx', '{}', 2, 'status 503'
        from payment.merchant_accounts as m;
        insert into messaging.templates (studio_id, code, channel, subject, body)
        select s.id, 'charge_summary', 'email', 'as it was', '{charges}' from studio.studios as s
        """
    )
    events = "select to_jsonb(e) - 'failed_at' from payment.gateway_events as e order by e.id"
    before = database.rows(events)
    assert len(before) == 2
    bring_up(database)
    assert database.rows(events) == before
    # When they failed is not known.
    assert database.rows("select e.failed_at from payment.gateway_events as e") == [([],)] * 2
    names = (
        "alert_mails, alert_minutes, escalation_failures, escalation_minutes,"
        " payment_stuck_minutes"
    )
    assert database.rows(
        f"select s.term_id is null, {names} from studio.settings as s order by 1, s.id"
    ) == [(False, *[None] * 5)] * 2 + [(True, 3, 10, 3, 60, 60)] * 2
    for name in names.split(", "):
        for wrong in ("null where term_id is null", "3 where term_id is not null", "0"):
            with pytest.raises(psycopg.errors.CheckViolation):
                database.rows(f"update studio.settings set {name} = {wrong}")


def test_0036_calls_stay_and_one_that_waits_can_be_taken_back(of_version: Callable) -> None:
    database = of_version(35)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        set session_replication_role = replica;
        insert into payment.gateway_calls (
            studio_id, merchant_account_id, purpose, method, path, body, status, attempts,
            answered_at
        )
        select
            s.id, 1, 'charge_stored_card', 'POST', '/transactions', '{}', x.status, 1,
            case x.status when 'answered' then now() end
        from studio.studios as s
        cross join (values ('queued'), ('answered'), ('failed')) as x (status)
        """
    )
    calls = "select to_jsonb(c) from payment.gateway_calls as c order by c.id"
    before = database.rows(calls)
    assert len(before) == 6
    bring_up(database)
    assert database.rows(calls) == before
    database.rows("update payment.gateway_calls set status = 'failed' where status = 'queued'")
    with pytest.raises(psycopg.errors.Error, match="status_not_allowed"):
        database.rows("update payment.gateway_calls set status = 'failed' where status = 'answered'")


def test_0037_calls_notices_and_sales_stay_where_they_get_their_indexes(
    of_version: Callable,
) -> None:
    database = of_version(36)
    database.rows(CATALOGUE_WITH_MODES)
    database.rows(
        """
        set session_replication_role = replica;
        insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency
        )
        select s.id, 1, 1, 1, 'trx' || x.state, 'sale', x.state, 60, true, 900, 'USD'
        from studio.studios as s
        cross join (values ('captured'), ('declined')) as x (state);
        insert into payment.gateway_events (
            merchant_account_id, gateway_id, event_type, resource_type, resource_id, body, status,
            settled_at
        )
        values (1, 'ntf1', 'saleAuthorized', 'transaction', 'trx1', '{}', 'unmatched', now());
        insert into payment.gateway_calls (
            studio_id, merchant_account_id, purpose, method, path
        )
        select s.id, 1, 'fetch_transaction', 'GET', '/transactions/trx1'
        from studio.studios as s
        """
    )
    everything = """
        select to_jsonb(t) from payment.transactions as t
        union all select to_jsonb(e) from payment.gateway_events as e
        union all select to_jsonb(c) from payment.gateway_calls as c
    """
    before = database.rows(everything)
    assert len(before) == 7
    bring_up(database)
    assert database.rows(everything) == before
    # The foreign key goes on having one that begins with its columns.
    assert database.value(
        "select pg_get_indexdef('payment.gateway_calls_merchant_account_idx'::regclass)"
    ).endswith("(studio_id, merchant_account_id, purpose, id)")


def test_0038_postings_stay_and_a_refund_may_lower_a_price_again(of_version: Callable) -> None:
    database = of_version(37)
    database.rows(CATALOGUE_WITH_MODES)
    insert = """
        set session_replication_role = replica;
        insert into payment.ledger_postings (
            studio_id, family_id, source, source_id, occurred_on, posted_on, amount_minor,
            entry_count
        )
        select s.id, 1, '{}', 1, '2026-01-05', '2026-01-05', 500, 2 from studio.studios as s
    """
    database.rows(insert.format("price_reduction"))
    database.rows(insert.format("price_restored"))
    postings = "select to_jsonb(p) from payment.ledger_postings as p order by p.id"
    before = database.rows(postings)
    assert len(before) == 4
    bring_up(database)
    assert database.rows(postings) == before
    database.rows(insert.format("price_reduced_again"))
    with pytest.raises(psycopg.errors.CheckViolation):
        database.rows(insert.format("price_lowered"))
