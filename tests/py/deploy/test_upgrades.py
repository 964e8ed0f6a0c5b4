"""A database that has been in use is brought up to date, and every row of it stays.

Each test fills a database of an older version as far as the migration it is about needs it, by
plain SQL: the functions of that version are gone.
"""

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests.py.deploy.tree import Database, Tree
from tools import deploy
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
        t.table_type = 'BASE TABLE'
        and t.table_schema not in ('pg_catalog', 'information_schema', 'cron', 'yoyo', 'ops')
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


@pytest.fixture
def of_version(tmp_path: Path, new_database: Callable[[], Database]) -> Callable[[int], Database]:
    """Makes a database as our migrations up to a number had left it, without any function."""

    def make(number: int) -> Database:
        older = Tree(tmp_path / "older")
        for path in ("sql/schema/cluster.sql", "sql/schema/database.sql"):
            older.write(path, (ROOT / path).read_text())
        older.list_in_order([])
        for path in sorted((ROOT / "migrations").glob("*.sql"))[:number]:
            older.write(f"migrations/{path.name}", path.read_text())
        database = new_database()
        deploy.run(database.url, older.root)
        return database

    return make


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
            superseded_at
        )
        select
            t.studio_id, t.id, f.code, f.code, 'class', 100, '{standard}', 1, f.version,
            case when f.is_live then null else now() + interval '1 day' end
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
