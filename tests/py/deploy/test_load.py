"""The load: what is run again, what is dropped, what is refused, and that it is all or nothing."""

import psycopg
import pytest

from tests.py.deploy.tree import DOUBLED, POLICIES, TRIGGER, VIEW, Database, Tree
from tools import deploy
from tools.deploy import DeployError

DOUBLED_FILE = "sql/functions/studio/doubled.sql"
QUADRUPLED_FILE = "sql/functions/studio/quadrupled.sql"
VIEW_FILE = "sql/schema/api/studios.sql"
VIEW_ON_VIEW_FILE = "sql/schema/report/studio_seats.sql"
TRIGGER_FILE = "sql/triggers/studio/tg_studios__trim.sql"
POLICIES_FILE = "sql/policies/studio/studios.sql"


def reload(database: Database, tree: Tree) -> list[str]:
    """Load again; the files that were run."""
    return deploy.run(database.url, tree.root, only_load=True).load.applied


def history(database: Database, path: str) -> list[tuple]:
    return database.rows(
        "select checksum, superseded_at is null from ops.applied_sources "
        "where path = %s order by id",
        path,
    )


def test_first_load_makes_everything_and_records_it(deployed: Database, tree: Tree) -> None:
    assert deployed.value("select studio.quadrupled(3)") == 12
    live = deployed.rows(
        "select path, definition_hash <> '' from ops.applied_sources "
        "where superseded_at is null order by path"
    )
    files = {f"sql/{e}" for e in tree.entries if not e.startswith("cron/")}
    assert {path for path, _ in live} == files | {
        "migrations/0001.applied_sources.sql",
        "migrations/0002.studios.sql",
    }
    replaceable = {path for path, has_object in live if has_object}
    assert replaceable == {
        p for p in files if not p.startswith(("sql/schema/ops", "sql/schema/studio"))
    }


def test_a_load_with_nothing_to_do_writes_nothing(deployed: Database, tree: Tree) -> None:
    assert not deploy.run(deployed.read_only_url, tree.root, only_load=True).changed
    tree.write(DOUBLED_FILE, DOUBLED + "-- changed\n")
    with pytest.raises(DeployError, match="read-only"):
        deploy.run(deployed.read_only_url, tree.root, only_load=True)


def test_an_edited_file_is_run_again_and_the_old_version_stays_on_record(
    deployed: Database, tree: Tree
) -> None:
    tree.write(DOUBLED_FILE, DOUBLED.replace("p_value * 2", "p_value + p_value"))
    assert reload(deployed, tree) == [DOUBLED_FILE]
    versions = history(deployed, DOUBLED_FILE)
    assert [is_live for _, is_live in versions] == [False, True]
    assert versions[0][0] != versions[1][0]


def test_an_edited_table_file_is_recorded_and_not_run(deployed: Database, tree: Tree) -> None:
    path = "sql/schema/studio/studios.sql"
    tree.write(path, (tree.root / path).read_text() + "-- One more word.\n")
    report = deploy.run(deployed.url, tree.root, only_load=True)
    assert (report.load.applied, report.load.recorded) == ([], [path])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("create or replace function studio.doubled(p_value integer) returns integer "
         "language sql immutable as 'select 0'", DOUBLED_FILE),
        ("alter function studio.doubled owner to postgres", DOUBLED_FILE),
        ("alter function studio.doubled security definer", DOUBLED_FILE),
        ("grant execute on function studio.doubled to public", DOUBLED_FILE),
        ("revoke execute on function studio.doubled from staff", DOUBLED_FILE),
        ("comment on function studio.doubled is 'Thrice.'", DOUBLED_FILE),
        ("alter view api.studios reset (security_invoker)", VIEW_FILE),
        ("alter view api.studios owner to postgres", VIEW_FILE),
        ("grant select on api.studios to public", VIEW_FILE),
        ("grant select (name) on api.studios to public", VIEW_FILE),
        ("comment on view api.studios is null", VIEW_FILE),
        ("drop view report.studio_seats", VIEW_ON_VIEW_FILE),
        ("alter table studio.studios disable trigger _100_trim", TRIGGER_FILE),
        ("drop trigger _200_trim_again on studio.studios", TRIGGER_FILE),
        ("alter function studio.tg_studios__trim security definer", TRIGGER_FILE),
        ("create trigger _300_more after delete on studio.studios "
         "for each row execute function studio.tg_studios__trim()", TRIGGER_FILE),
        ("alter policy studios_customer_select on studio.studios using (true)", POLICIES_FILE),
        ("drop policy studios_customer_select on studio.studios", POLICIES_FILE),
        ("create policy more on studio.studios using (true)", POLICIES_FILE),
        ("grant update on studio.studios to customer", POLICIES_FILE),
        ("grant select (seats) on studio.studios to customer", POLICIES_FILE),
        ("grant select on studio.studios to public", POLICIES_FILE),
        ("revoke select (name) on studio.studios from customer", POLICIES_FILE),
        ("revoke insert on studio.studios from studio", POLICIES_FILE),
    ],
)  # fmt: skip
def test_what_was_changed_by_hand_is_put_back(
    deployed: Database, tree: Tree, change: str, path: str
) -> None:
    before = deploy.catalog_dump(deployed.url)
    deployed.rows(change)
    assert deploy.catalog_dump(deployed.url) != before
    applied = reload(deployed, tree)
    assert applied[0] == path
    assert deploy.catalog_dump(deployed.url) == before
    assert reload(deployed, tree) == []


@pytest.mark.parametrize(
    "stray",
    [
        "create function studio.stray(p integer) returns integer language sql as 'select 1'",
        "create procedure ops.stray() language sql as 'select 1'",
        "create function studio.doubled(p_value bigint) returns bigint language sql as 'select 1'",
        "create view api.stray as select 1 as one",
        "create view api.stray as select 1 as one; create view api.stray_too as table api.stray",
        "create trigger stray before insert on studio.studios for each row "
        "execute function suppress_redundant_updates_trigger()",
        "create function studio.stray() returns trigger language plpgsql as 'begin end'; "
        "create trigger stray after insert on studio.studios for each row "
        "execute function studio.stray()",
        "create policy stray on ops.applied_sources using (true)",
        "grant select on ops.applied_sources to customer",
        "grant select (path) on ops.applied_sources to public",
    ],
)
def test_an_object_without_a_file_is_dropped(deployed: Database, tree: Tree, stray: str) -> None:
    before = deploy.catalog_dump(deployed.url)
    deployed.rows(stray)
    assert deploy.run(deployed.url, tree.root, only_load=True).changed
    assert deploy.catalog_dump(deployed.url) == before
    assert reload(deployed, tree) == []


def test_what_belongs_to_an_extension_or_to_the_tests_is_left_alone(
    deployed: Database, tree: Tree
) -> None:
    deployed.rows("create extension pgcrypto schema studio")
    deployed.rows("create schema tests")
    deployed.rows("create function tests.one() returns integer language sql as 'select 1'")
    assert not deploy.run(deployed.url, tree.root, only_load=True).changed


def test_a_file_that_is_gone_takes_its_object_along(deployed: Database, tree: Tree) -> None:
    tree.remove("schema/report/studio_seats.sql")
    tree.remove("policies/studio/studios.sql")
    report = deploy.run(deployed.url, tree.root, only_load=True)
    assert report.load.dropped == ["policies studio.studios", "view report.studio_seats"]
    assert report.load.removed == [POLICIES_FILE, VIEW_ON_VIEW_FILE]
    assert history(deployed, VIEW_ON_VIEW_FILE)[0][1] is False
    assert deployed.value("select count(*) from pg_policy") == 0
    assert reload(deployed, tree) == []


def test_what_a_file_no_longer_grants_is_revoked(deployed: Database, tree: Tree) -> None:
    tree.write(DOUBLED_FILE, DOUBLED[: DOUBLED.index("grant")])
    tree.write(VIEW_FILE, VIEW[: VIEW.index("grant")])
    tree.write(POLICIES_FILE, POLICIES.splitlines()[0])
    reload(deployed, tree)
    dump = deploy.catalog_dump(deployed.url)
    assert "TO staff" not in dump
    assert "TO customer;" not in dump
    assert "Twice the value" not in dump
    assert reload(deployed, tree) == []


def test_a_new_signature_replaces_the_old_one(deployed: Database, tree: Tree) -> None:
    """Its dependents go with the old one and come back from their files."""
    tree.write(DOUBLED_FILE, DOUBLED.replace("integer", "numeric"))
    tree.write(
        QUADRUPLED_FILE, (tree.root / QUADRUPLED_FILE).read_text().replace("integer", "numeric")
    )
    assert set(reload(deployed, tree)) == {DOUBLED_FILE, QUADRUPLED_FILE, VIEW_ON_VIEW_FILE}
    signatures = "select oid::regprocedure::text from pg_proc where proname = 'doubled'"
    assert deployed.rows(signatures) == [("studio.doubled(numeric)",)]
    assert reload(deployed, tree) == []


@pytest.mark.parametrize(
    "text",
    [
        DOUBLED.replace("returns integer", "returns bigint"),
        DOUBLED.replace("p_value", "p_number"),
    ],
    ids=["result type", "argument name"],
)
def test_a_function_that_cannot_be_replaced_is_dropped_first(
    deployed: Database, tree: Tree, text: str
) -> None:
    tree.write(DOUBLED_FILE, text)
    tree.write(QUADRUPLED_FILE, (tree.root / QUADRUPLED_FILE).read_text().replace(
        "studio.doubled(studio.doubled(p_value))", "studio.doubled(2)::integer"))  # fmt: skip
    assert DOUBLED_FILE in reload(deployed, tree)
    assert deployed.value("select count(*) from report.studio_seats") == 0
    assert "TO staff" in deploy.catalog_dump(deployed.url)
    assert reload(deployed, tree) == []


def test_a_function_may_become_a_procedure(deployed: Database, tree: Tree) -> None:
    tree.add(
        "functions/ops/act.sql",
        "create or replace function ops.act() returns integer language sql as 'select 1';",
    )
    reload(deployed, tree)
    tree.write(
        "sql/functions/ops/act.sql",
        "create or replace procedure ops.act() language sql as 'select 1';",
    )
    assert reload(deployed, tree) == ["sql/functions/ops/act.sql"]


def test_a_changed_view_brings_back_the_views_on_it(deployed: Database, tree: Tree) -> None:
    tree.write(VIEW_FILE, VIEW.replace("s.id, s.name", "s.name, s.id"))
    assert reload(deployed, tree) == [VIEW_FILE, VIEW_ON_VIEW_FILE]
    assert reload(deployed, tree) == []


def test_a_changed_view_brings_back_its_triggers(deployed: Database, tree: Tree) -> None:
    file = "triggers/studio/on_insert.sql"
    function = TRIGGER[: TRIGGER.index("create trigger")].replace("tg_studios__trim", "on_insert")
    trigger = (
        "create trigger _100_insert instead of insert on api.studios "
        "for each row execute function studio.on_insert();"
    )
    tree.add(file, function + trigger)
    assert reload(deployed, tree) == [f"sql/{file}"]
    tree.write(VIEW_FILE, VIEW.replace("s.id, s.name", "s.name, s.id"))
    assert reload(deployed, tree) == [VIEW_FILE, VIEW_ON_VIEW_FILE, f"sql/{file}"]


def test_a_dependent_earlier_in_the_manifest_is_brought_back_too(
    deployed: Database, tree: Tree
) -> None:
    entries = tree.entries
    entries.remove("schema/report/studio_seats.sql")
    tree.list_in_order(["schema/report/studio_seats.sql", *entries])
    tree.write(VIEW_FILE, VIEW.replace("s.id, s.name", "s.name, s.id"))
    assert set(reload(deployed, tree)) == {VIEW_FILE, VIEW_ON_VIEW_FILE}
    assert deployed.rows("select * from report.studio_seats") == []


def test_a_policy_lost_with_its_function_comes_back(deployed: Database, tree: Tree) -> None:
    policies = POLICIES.replace("seats > 0", "studio.doubled(seats) > 0")
    tree.write(POLICIES_FILE, policies)
    reload(deployed, tree)
    tree.write(DOUBLED_FILE, DOUBLED.replace("p_value", "p_number"))
    assert set(reload(deployed, tree)) == {
        DOUBLED_FILE, QUADRUPLED_FILE, VIEW_ON_VIEW_FILE, POLICIES_FILE
    }  # fmt: skip
    assert deployed.value("select count(*) from pg_policy") == 1


def test_a_trigger_file_says_which_triggers_there_are(deployed: Database, tree: Tree) -> None:
    tree.write(TRIGGER_FILE, TRIGGER[: TRIGGER.index("create trigger _200")])
    assert reload(deployed, tree) == [TRIGGER_FILE]
    assert deployed.rows("select tgname from pg_trigger where not tgisinternal") == [("_100_trim",)]


def test_a_constraint_that_would_go_with_a_function_stops_the_load(
    deployed: Database, tree: Tree
) -> None:
    deployed.rows(
        "alter table studio.studios add constraint studios_even check (studio.doubled(seats) < 99)"
    )
    before = deploy.catalog_dump(deployed.url)
    tree.write(DOUBLED_FILE, DOUBLED.replace("p_value", "p_number"))
    with pytest.raises(DeployError, match=r"only migrations may change(.|\n)*studios_even"):
        reload(deployed, tree)
    assert deploy.catalog_dump(deployed.url) == before


@pytest.mark.parametrize(
    "statement",
    [
        "alter table studio.studios add column more text;",
        "alter table studio.studios alter column seats set default 1;",
        "alter table studio.studios disable row level security;",
        "create table studio.more (id integer);",
        "create index studios_name_idx on studio.studios (name);",
        "create type studio.colour as enum ('red');",
        "comment on table studio.studios is 'Something else.';",
    ],
)
def test_a_file_that_changes_a_table_stops_the_load(
    deployed: Database, tree: Tree, statement: str
) -> None:
    before = deploy.catalog_dump(deployed.url)
    tree.write(POLICIES_FILE, POLICIES + statement)
    with pytest.raises(DeployError, match="only migrations may change"):
        reload(deployed, tree)
    assert deploy.catalog_dump(deployed.url) == before


def test_an_error_names_file_and_line_and_nothing_is_kept(deployed: Database, tree: Tree) -> None:
    before = deploy.catalog_dump(deployed.url)
    tree.write(DOUBLED_FILE, DOUBLED.replace("p_value * 2", "p_value * 3"))
    tree.write(POLICIES_FILE, POLICIES.replace("studio.studios to staff", "studio.studio to staff"))
    tree.write(VIEW_FILE, VIEW.replace("s.seats", "s.chairs"))
    with pytest.raises(DeployError, match=r"^sql/schema/api/studios\.sql:3: .*chairs"):
        reload(deployed, tree)
    assert deploy.catalog_dump(deployed.url) == before
    tree.write(DOUBLED_FILE, DOUBLED.replace("select p_value", "select\n  nothing"))
    with pytest.raises(DeployError, match=r"^sql/functions/studio/doubled\.sql:7: .*nothing"):
        reload(deployed, tree)


def test_a_file_must_make_what_its_name_says(deployed: Database, tree: Tree) -> None:
    tree.add("functions/studio/tripled.sql", "select 1;")
    with pytest.raises(DeployError, match=r"tripled\.sql: does not create function"):
        reload(deployed, tree)
    tree.remove("functions/studio/tripled.sql")
    tree.add("schema/api/none.sql", "select 1;")
    with pytest.raises(DeployError, match=r"none\.sql: does not make view api\.none"):
        reload(deployed, tree)


def test_a_file_must_not_make_more_than_its_name_says(deployed: Database, tree: Tree) -> None:
    more = "create function studio.more() returns integer language sql as 'select 1';"
    tree.write(DOUBLED_FILE, DOUBLED + more)
    with pytest.raises(DeployError, match=r"another name: function studio\.more"):
        reload(deployed, tree)
    tree.write(DOUBLED_FILE, DOUBLED + DOUBLED.replace("integer", "bigint"))
    with pytest.raises(DeployError, match="creates overloads"):
        reload(deployed, tree)


def test_a_file_must_not_change_the_object_of_another(deployed: Database, tree: Tree) -> None:
    tree.write(POLICIES_FILE, POLICIES + "grant execute on function studio.doubled to customer;")
    with pytest.raises(DeployError, match=r"doubled\.sql: its object was changed by another file"):
        reload(deployed, tree)


def test_settings_of_one_file_do_not_reach_the_next(deployed: Database, tree: Tree) -> None:
    leaky = DOUBLED + "set search_path = studio; set local role studio;"
    tree.write(DOUBLED_FILE, leaky)
    tree.write(VIEW_FILE, VIEW.replace("from studio.studios", "from studios"))
    with pytest.raises(DeployError, match=r"schema/api/studios\.sql:3: .*studios"):
        reload(deployed, tree)


def test_a_file_that_commits_is_found_out(deployed: Database, tree: Tree) -> None:
    for path in (DOUBLED_FILE, VIEW_FILE):
        text = (tree.root / path).read_text()
        tree.write(path, text + "commit;")
        with pytest.raises(DeployError, match="ends the transaction"):
            reload(deployed, tree)
        tree.write(path, text)
        deploy.run(deployed.url, tree.root)
        assert reload(deployed, tree) == []


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["functions/studio/doubled.sql"] * 2, "listed twice"),
        (["functions/studio/nothing.sql"], "no such file"),
        (["functions/nowhere/f.sql"], "none of our schemas"),
        (["schema/cluster.sql"], "no known kind"),
        (["functions/studio/doubled.sql"], "does not list"),
    ],
)
def test_a_wrong_manifest_is_refused(
    deployed: Database, tree: Tree, entries: list[str], message: str
) -> None:
    tree.list_in_order(entries)
    with pytest.raises(DeployError, match=message):
        reload(deployed, tree)


def test_two_files_for_one_function_are_refused(deployed: Database, tree: Tree) -> None:
    tree.add("triggers/studio/doubled.sql", TRIGGER)
    with pytest.raises(DeployError, match=r"makes studio\.doubled already"):
        reload(deployed, tree)


def test_a_table_in_use_is_waited_for_only_so_long(deployed: Database, tree: Tree) -> None:
    tree.write(POLICIES_FILE, POLICIES.replace("seats > 0", "seats > 1"))
    with psycopg.connect(deployed.url) as other:
        other.execute("select * from studio.studios")
        with pytest.raises(DeployError, match="somebody is using"):
            deploy.run(deployed.url, tree.root, only_load=True, lock_timeout=0.2)
    assert reload(deployed, tree) == [POLICIES_FILE]


def test_postgrest_is_told_after_a_change_only(deployed: Database, tree: Tree) -> None:
    with psycopg.connect(deployed.url, autocommit=True) as listener:
        listener.execute("listen pgrst")
        reload(deployed, tree)
        assert list(listener.notifies(timeout=0.1)) == []
        tree.write(DOUBLED_FILE, DOUBLED + "-- changed\n")
        reload(deployed, tree)
        told = [n.payload for n in listener.notifies(timeout=5, stop_after=1)]
    assert told == ["reload schema"]


def test_check_says_what_is_to_do_and_does_not_do_it(deployed: Database, tree: Tree) -> None:
    assert not deploy.run(deployed.url, tree.root, check=True).changed
    tree.write(DOUBLED_FILE, DOUBLED + "-- changed\n")
    deployed.rows("create view api.stray as select 1 as one")
    report = deploy.run(deployed.read_only_url, tree.root, check=True)
    assert report.changed
    assert (report.load.applied, report.load.dropped) == ([DOUBLED_FILE], ["view api.stray"])
