"""Jobs: what pg_cron is told, and what the wrapper does when they run, fail, meet or are killed."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString

import psycopg
import pytest

from tests.py.support import (
    Studio,
    assert_seats_add_up,
    await_blocked_by,
    login_url,
    new_studio,
    nothing_written,
    run_job,
    run_without_lock,
)

# Holds a job that a test made up, for as long as the test wants.
GATE = 4_711


@pytest.fixture
def admin(stack: None) -> Iterator[psycopg.Connection]:
    """The superuser, for what only a test does: make up jobs, look at the wrapper's records."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def made_up(admin: psycopg.Connection) -> Iterator[Callable[[str], str]]:
    """Makes up a job from the body of a function in PL/pgSQL; returns its name."""
    admin.execute("create schema if not exists tests")
    admin.execute("grant usage on schema tests to public")
    names = []

    def make(body: LiteralString) -> str:
        names.append(f"tests.job_{secrets.token_hex(5)}")
        admin.execute(
            f"create function {names[-1]}() returns integer language plpgsql security definer"
            f" as $job$ {body} $job$"
        )
        admin.execute(f"grant execute on function {names[-1]}() to scheduler")
        return names[-1]

    yield make
    for name in names:
        admin.execute(f"drop function {name}()")


def runs(admin: psycopg.Connection, job: str) -> list[tuple[Any, ...]]:
    return admin.execute(
        "select r.studio_id, r.status, r.changed, r.error from ops.job_runs as r"
        " where r.job = %s order by r.id",
        (job,),
    ).fetchall()


def studios(admin: psycopg.Connection) -> list[int]:
    rows = admin.execute("select s.id from studio.studios as s order by s.id").fetchall()
    return [studio_id for (studio_id,) in rows]


def wait_for(found: Callable[[], Any], seconds: float = 10) -> Any:
    """Ask again until there is something."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return result


# ---------------------------------------------------------------- the schedule


def test_every_job_calls_the_wrapper_as_login_scheduler(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "select j.jobname, j.schedule, j.command, j.username, j.database from cron.job as j"
        " order by j.jobname"
    ).fetchall()
    assert rows == [
        (
            "alert_incidents",
            "*/5 * * * *",
            "call ops.run_job('payment.alert_incidents')",
            "scheduler",
            "callboard",
        ),
        (
            "ask_batches",
            "25 * * * *",
            "call ops.run_job('payment.ask_batches')",
            "scheduler",
            "callboard",
        ),
        (
            "ask_ended_sessions",
            "* * * * *",
            "call ops.run_job('payment.ask_ended_sessions')",
            "scheduler",
            "callboard",
        ),
        (
            "ask_quiet_payments",
            "* * * * *",
            "call ops.run_job('payment.ask_quiet_payments')",
            "scheduler",
            "callboard",
        ),
        (
            "charge_due_installments",
            "*/10 * * * *",
            "call ops.run_job('payment.charge_due_installments')",
            "scheduler",
            "callboard",
        ),
        (
            "end_due_enrollments",
            "*/15 * * * *",
            "call ops.run_job('enrollment.end_due_enrollments')",
            "scheduler",
            "callboard",
        ),
        (
            "expire_holds",
            "*/5 * * * *",
            "call ops.run_job('enrollment.expire_holds')",
            "scheduler",
            "callboard",
        ),
        (
            "fetch_unsettled_notices",
            "*/5 * * * *",
            "call ops.run_job('payment.fetch_unsettled_notices')",
            "scheduler",
            "callboard",
        ),
        (
            "list_notices",
            "*/5 * * * *",
            "call ops.run_job('payment.list_notices')",
            "scheduler",
            "callboard",
        ),
        (
            "pass_on_places",
            "*/5 * * * *",
            "call ops.run_job('enrollment.pass_on_places')",
            "scheduler",
            "callboard",
        ),
        (
            "post_missing",
            "*/10 * * * *",
            "call ops.run_job('payment.post_missing')",
            "scheduler",
            "callboard",
        ),
        (
            "retry_refunds",
            "* * * * *",
            "call ops.run_job('payment.retry_refunds')",
            "scheduler",
            "callboard",
        ),
        (
            "summarize_charges",
            "*/15 * * * *",
            "call ops.run_job('payment.summarize_charges')",
            "scheduler",
            "callboard",
        ),
    ]


def test_pg_cron_itself_runs_them(admin: psycopg.Connection) -> None:
    # ask_ended_sessions comes each minute: usually it has been there before this test.
    def last_run() -> Any:
        return admin.execute(
            "select d.status, d.return_message from cron.job_run_details as d"
            " inner join cron.job as j on d.jobid = j.jobid"
            " where j.jobname = 'ask_ended_sessions' and d.end_time is not null"
            " and d.start_time > (select min(s.created_at) from studio.studios as s)"
            " order by d.runid desc limit 1"
        ).fetchone()

    assert wait_for(last_run, seconds=75) == ("succeeded", "CALL")
    (done,) = admin.execute(
        "select count(*) from ops.job_runs as r"
        " where r.job = 'payment.ask_ended_sessions' and r.status = 'done'"
    ).fetchone()
    assert done > 0


# ---------------------------------------------------------------- what a run does


def test_a_job_runs_studio_by_studio_with_that_studio_in_scope(
    admin: psycopg.Connection, made_up: Callable[[str], str]
) -> None:
    job = made_up("begin return auth.studio_id(); end;")

    run_job(job)

    assert runs(admin, job) == [(s, "done", s, None) for s in studios(admin)]


def test_a_job_has_no_family_and_no_account_in_scope(
    admin: psycopg.Connection, made_up: Callable[[str], str]
) -> None:
    job = made_up("begin return coalesce(auth.family_id(), auth.account_id(), 0); end;")

    run_job(job)

    assert {changed for _, _, changed, _ in runs(admin, job)} == {0}


def test_an_error_in_one_studio_stops_no_other_and_is_kept(
    studio: Studio, admin: psycopg.Connection, made_up: Callable[[str], str]
) -> None:
    last = new_studio()
    job = made_up(f"""begin
        insert into studio.locations (studio_id, name, address)
        values (auth.studio_id(), 'made by a job', '');
        if auth.studio_id() = {studio.id} then
            raise exception 'no money in studio %', auth.studio_id();
        end if;
        return 1;
    end;""")

    try:
        run_job(job)

        outcomes = {s: (status, changed, error) for s, status, changed, error in runs(admin, job)}
        assert outcomes == {
            s: ("failed", None, f"no money in studio {s}") if s == studio.id else ("done", 1, None)
            for s in studios(admin)
        }
        assert last.id in outcomes
        # What the one studio's run had done is undone, what the others did stays.
        made = admin.execute(
            "select l.studio_id from studio.locations as l where l.name = 'made by a job'"
        ).fetchall()
        assert {s for (s,) in made} == set(studios(admin)) - {studio.id}
    finally:
        admin.execute("delete from studio.locations as l where l.name = 'made by a job'")


def test_what_somebody_holds_in_one_studio_stops_no_other(
    studio: Studio, admin: psycopg.Connection, made_up: Callable[[str], str]
) -> None:
    last = new_studio()
    job = made_up("begin perform from studio.studios as s where s.id = auth.studio_id()"
                  " for no key update; return 1; end;")
    with studio.operator() as held:
        held.execute(
            "select from studio.studios as s where s.id = %s for no key update", (studio.id,)
        )
        run_job(job)

    outcomes = {s: (status, error) for s, status, _, error in runs(admin, job)}
    assert outcomes.pop(studio.id) == ("failed", "canceling statement due to lock timeout")
    assert set(outcomes.values()) == {("done", None)} and last.id in outcomes


def test_a_run_that_failed_does_not_hold_up_the_next(
    admin: psycopg.Connection, made_up: Callable[[str], str]
) -> None:
    job = made_up("begin raise exception 'always'; end;")

    run_job(job)
    run_job(job)

    assert [status for _, status, _, _ in runs(admin, job)] == ["failed"] * 2 * len(studios(admin))


@pytest.mark.parametrize(
    "job",
    [
        "enrollment.release_lapsed",  # a domain's own
        "identity.install_signing_key",
        "no.such_job",
        "pg_sleep(60); select 1",
    ],
)
def test_what_scheduler_may_not_execute_is_a_failed_run(
    admin: psycopg.Connection, job: str
) -> None:
    with nothing_written():
        run_job(job)
    assert {(status, changed) for _, status, changed, _ in runs(admin, job)} == {("failed", None)}


@pytest.mark.parametrize("role", ["anon", "customer", "platform_admin", "thin_api"])
def test_nobody_else_runs_jobs(stack: None, role: str) -> None:
    login = "thin_api" if role == "thin_api" else "authenticator"
    with psycopg.connect(login_url(login), autocommit=True) as connection:
        connection.execute(f"set role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("call ops.run_job('enrollment.expire_holds')")


# ---------------------------------------------------------------- two at once, and killed


SLOW = f"""begin
    insert into studio.locations (studio_id, name, address)
    values (auth.studio_id(), 'half done', '');
    perform pg_advisory_xact_lock({GATE});
    return 1;
end;"""


@pytest.fixture
def gate(admin: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Held: a job of SLOW waits in its first studio."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (GATE,))
        yield connection
    admin.execute("delete from studio.locations as l where l.name = 'half done'")


def waiting(admin: psycopg.Connection) -> int | None:
    row = admin.execute(
        "select l.pid from pg_locks as l"
        " where l.locktype = 'advisory' and l.objid = %s and not l.granted",
        (GATE,),
    ).fetchone()
    return row[0] if row else None


def half_done(admin: psycopg.Connection) -> int:
    return admin.execute(
        "select count(*) from studio.locations as l where l.name = 'half done'"
    ).fetchone()[0]


def test_a_job_that_still_runs_is_skipped(
    admin: psycopg.Connection, made_up: Callable[[str], str], gate: psycopg.Connection
) -> None:
    job = made_up(SLOW)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run_job, job)
        wait_for(lambda: waiting(admin))

        run_job(job)

        assert [r[:3] for r in runs(admin, job)] == [
            (studios(admin)[0], "running", None),
            (None, "skipped", 0),
        ]
        # Another job is not held up.
        other = made_up("begin return 7; end;")
        run_job(other)
        assert len(runs(admin, other)) == len(studios(admin))
        gate.execute("select pg_advisory_unlock(%s)", (GATE,))
        first.result(timeout=30)
    done = [r for r in runs(admin, job) if r[1] == "done"]
    assert [studio_id for studio_id, *_ in done] == studios(admin)
    # When it is over it runs again.
    run_job(job)
    assert [r[1] for r in runs(admin, job)].count("skipped") == 1


def test_a_job_killed_in_the_middle_leaves_nothing_half_done_and_the_next_one_works(
    admin: psycopg.Connection, made_up: Callable[[str], str], gate: psycopg.Connection
) -> None:
    job = made_up(SLOW)
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(run_job, job)
        pid = wait_for(lambda: waiting(admin))
        admin.execute("select pg_terminate_backend(%s)", (pid,))
        with pytest.raises(psycopg.Error):
            killed.result(timeout=30)
    wait_for(lambda: waiting(admin) is None)

    assert half_done(admin) == 0
    # That it began is on record, and that it did not come to an end.
    assert [r[:3] for r in runs(admin, job)] == [(studios(admin)[0], "running", None)]
    gate.execute("select pg_advisory_unlock(%s)", (GATE,))
    run_job(job)
    assert half_done(admin) == len(studios(admin))
    cut_off, *others = runs(admin, job)
    assert cut_off == (studios(admin)[0], "failed", None, "the run was cut off")
    assert [status for _, status, _, _ in others] == ["done"] * len(studios(admin))


# ---------------------------------------------------------------- the jobs there are


def test_expired_holds_are_released_with_all_they_had_taken_and_once(
    studio: Studio, admin: psycopg.Connection
) -> None:
    family, other = studio.family(), studio.family()
    section_ids = [studio.section(capacity=2, weekdays=(day,)) for day in (1, 2)]
    student_id = family.student()
    lapsed = family.hold(*((student_id, s) for s in section_ids))["registration_id"]
    kept = other.hold((other.student(), section_ids[0]))["registration_id"]
    studio.lapse(lapsed)

    run_job("enrollment.expire_holds")
    run_job("enrollment.expire_holds")

    changed = [r[2] for r in runs(admin, "enrollment.expire_holds") if r[0] == studio.id][-2:]
    assert changed == [1, 0]
    (row,) = family.api.read("registrations")
    assert (row["status"], row["status_reason"]) == ("failed", "hold_lapsed")
    assert {e["status"] for e in family.api.read("enrollments")} == {"failed"}
    assert other.api.read("registrations", id=f"eq.{kept}")[0]["status"] == "pending_payment"
    assert [studio.seats_left(s) for s in section_ids] == [1, 2]
    # The cart is still there: the family can check out again.
    assert family.hold()["status"] == "pending_payment"
    assert_seats_add_up()


def held_up_in_the_second(studio: Studio) -> tuple[list[int], list[int], str]:
    """Two lapsed holds; answers them, their sections, and what locks the place of the second."""
    section_ids = [studio.section(capacity=1, weekdays=(day,)) for day in (1, 2)]
    lapsed = []
    for section_id in section_ids:
        family = studio.family()
        lapsed.append(family.hold((family.student(), section_id))["registration_id"])
        studio.lapse(lapsed[-1])
    gate = f"select from enrollment.places where section_id = {section_ids[1]} for no key update"
    return lapsed, section_ids, gate


def blocked_job(admin: psycopg.Connection, holder: psycopg.Connection) -> int | None:
    row = admin.execute(
        "select a.pid from pg_stat_activity as a"
        " where a.usename = 'scheduler' and %s = any(pg_blocking_pids(a.pid))",
        (holder.info.backend_pid,),
    ).fetchone()
    return row[0] if row else None


def became(studio: Studio, lapsed: list[int]) -> list[tuple[str, int]]:
    """Of each registration: its status, and how often it was released."""
    with studio.operator() as connection:
        return connection.execute(
            "select r.status, (select count(*) from ops.domain_events as e"
            " where e.studio_id = r.studio_id and e.kind = 'registration.released'"
            " and e.subject_id = r.id)"
            " from enrollment.registrations as r where r.id = any(%s) order by r.id",
            (lapsed,),
        ).fetchall()


def test_expire_holds_twice_at_once_and_again_changes_nothing_more(
    studio: Studio, admin: psycopg.Connection
) -> None:
    lapsed, section_ids, gate = held_up_in_the_second(studio)

    with ThreadPoolExecutor(1) as pool:
        with studio.operator() as holder:
            holder.execute(gate)
            first = pool.submit(run_job, "enrollment.expire_holds")
            wait_for(lambda: blocked_job(admin, holder))
            # The first is in the middle of its work: another one does nothing.
            with nothing_written():
                run_job("enrollment.expire_holds")
            assert runs(admin, "enrollment.expire_holds")[-1][:3] == (None, "skipped", 0)
            assert became(studio, lapsed) == [("pending_payment", 0)] * 2
        first.result(timeout=30)

    assert became(studio, lapsed) == [("failed", 1)] * 2
    with nothing_written():
        run_job("enrollment.expire_holds")
    assert [studio.seats_left(s) for s in section_ids] == [1, 1]
    assert_seats_add_up()


def test_the_holds_function_twice_at_once_releases_each_once(
    studio: Studio, admin: psycopg.Connection
) -> None:
    """Also without the wrapper's lock, as by hand: the second passes over what the first has."""
    lapsed, section_ids, gate = held_up_in_the_second(studio)
    expire = "select enrollment.expire_holds()"

    def by_scheduler(connection: psycopg.Connection) -> int:
        connection.execute("select auth.enter_studio(%s)", (studio.id,))
        (changed,) = connection.execute(expire).fetchone()
        connection.commit()
        return changed

    with (
        psycopg.connect(login_url("scheduler")) as one,
        psycopg.connect(login_url("scheduler")) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        with studio.operator() as holder:
            holder.execute(gate)
            first = pool.submit(by_scheduler, one)
            wait_for(lambda: blocked_job(admin, holder))
            assert by_scheduler(other) == 0
        assert first.result(timeout=30) == 2

    assert became(studio, lapsed) == [("failed", 1)] * 2
    assert [studio.seats_left(s) for s in section_ids] == [1, 1]
    assert_seats_add_up()


def test_expire_holds_killed_in_the_middle_leaves_nothing_half_done_and_the_next_run_ends_it(
    studio: Studio, admin: psycopg.Connection
) -> None:
    lapsed, section_ids, gate = held_up_in_the_second(studio)

    with studio.operator() as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(gate)
        killed = pool.submit(run_job, "enrollment.expire_holds")
        pid = wait_for(lambda: blocked_job(admin, holder))
        # It has released the first of the two; neither is to be seen.
        admin.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(psycopg.Error):
            killed.result(timeout=30)
        assert became(studio, lapsed) == [("pending_payment", 0)] * 2
        assert_seats_add_up()

    run_job("enrollment.expire_holds")

    of_studio = [r for r in runs(admin, "enrollment.expire_holds") if r[0] == studio.id]
    assert of_studio[-2:] == [
        (studio.id, "failed", None, "the run was cut off"),
        (studio.id, "done", 2, None),
    ]
    assert became(studio, lapsed) == [("failed", 1)] * 2
    assert [studio.seats_left(s) for s in section_ids] == [1, 1]
    assert_seats_add_up()


def test_a_hold_that_is_not_over_is_left_alone(studio: Studio) -> None:
    family = studio.family()
    family.hold((family.student(), studio.section()))
    with nothing_written():
        run_job("enrollment.expire_holds")


# ---------------------------------------------------------------- enrollments whose day has come


def ending_and_held_up_in_the_second(studio: Studio) -> tuple[list[int], str]:
    """Two enrollments that were to end today; answers them, and what locks the second's place."""
    section_ids = [studio.section(capacity=1, weekdays=(day,)) for day in (1, 2)]
    desk = studio.staff()
    ending = []
    for section_id in section_ids:
        family = studio.family()
        family.pay(family.hold((family.student(), section_id))["registration_id"])
        (enrollment,) = family.api.read("enrollments")
        (last,) = family.api.read(
            "meetings", section_id=f"eq.{section_id}", order="held_on.desc", limit="1"
        )
        desk.call(
            "cancel_enrollment",
            enrollment_id=enrollment["id"],
            reason="moves away",
            effective_on=last["held_on"],
        )
        ending.append(enrollment["id"])
    with studio.operator() as connection:
        connection.execute(
            "update enrollment.enrollments set ended_on = studio.local_date(now())"
            " where studio_id = %s and id = any(%s)",
            (studio.id, ending),
        )
    gate = f"select from enrollment.places where section_id = {section_ids[1]} for no key update"
    return ending, gate


def states(studio: Studio, enrollment_ids: list[int]) -> list[tuple[str, int]]:
    """Of each enrollment: its status, and how many seats it has."""
    with studio.operator() as connection:
        return connection.execute(
            "select e.status, (select count(*) from enrollment.seats as s"
            " where s.studio_id = e.studio_id and s.enrollment_id = e.id)"
            " from enrollment.enrollments as e where e.id = any(%s) order by e.id",
            (enrollment_ids,),
        ).fetchall()


def test_enrollments_end_on_their_day_once_whoever_runs_the_job_at_the_same_time(
    studio: Studio, admin: psycopg.Connection
) -> None:
    ending, gate = ending_and_held_up_in_the_second(studio)

    with ThreadPoolExecutor(1) as pool:
        with studio.operator() as holder:
            holder.execute(gate)
            first = pool.submit(run_job, "enrollment.end_due_enrollments")
            wait_for(lambda: blocked_job(admin, holder))
            with nothing_written():
                run_job("enrollment.end_due_enrollments")
            assert states(studio, ending) == [("confirmed", 1)] * 2
        first.result(timeout=30)

    assert states(studio, ending) == [("cancelled", 0)] * 2
    with nothing_written():
        run_job("enrollment.end_due_enrollments")
    assert_seats_add_up()


def test_the_end_of_enrollments_killed_in_the_middle_leaves_nothing_half_done(
    studio: Studio, admin: psycopg.Connection
) -> None:
    ending, gate = ending_and_held_up_in_the_second(studio)

    with studio.operator() as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(gate)
        killed = pool.submit(run_job, "enrollment.end_due_enrollments")
        pid = wait_for(lambda: blocked_job(admin, holder))
        admin.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(psycopg.Error):
            killed.result(timeout=30)
        assert states(studio, ending) == [("confirmed", 1)] * 2

    run_job("enrollment.end_due_enrollments")

    assert states(studio, ending) == [("cancelled", 0)] * 2
    assert_seats_add_up()


# ---------------------------------------------------------------- what can't wait about money


def told(studio: Studio) -> tuple[int, int]:
    """How many entries of the work list somebody was told of, and in how many mails."""
    return (
        studio.ask(
            "select count(*) from payment.incident_alerts as a where a.studio_id = %s", studio.id
        ),
        studio.ask(
            "select count(*) from messaging.messages as m"
            " where m.studio_id = %s and m.template_code = 'staff_incidents'",
            studio.id,
        ),
    )


def alert_and_hold_up(studio: Studio) -> str:
    """Two entries that can't wait, and one at the desk; answers what keeps the mail from it."""
    family, section_id = studio.family(), studio.section()
    for _ in range(2):
        family.lose_money(section_id)
    _, email = studio.worker()
    return f"select from identity.accounts as a where a.email = '{email}' for update"


def test_incidents_are_told_once_whoever_runs_the_job_at_the_same_time(
    studio: Studio, admin: psycopg.Connection
) -> None:
    gate = alert_and_hold_up(studio)

    with ThreadPoolExecutor(1) as pool:
        with studio.operator() as holder:
            holder.execute(gate)
            first = pool.submit(run_job, "payment.alert_incidents")
            wait_for(lambda: blocked_job(admin, holder))
            with nothing_written():
                run_job("payment.alert_incidents")
            assert told(studio) == (0, 0)
        first.result(timeout=30)

    assert told(studio) == (2, 1)
    with nothing_written():
        run_job("payment.alert_incidents")


def test_the_alerts_function_twice_at_once_tells_each_once(
    studio: Studio, admin: psycopg.Connection
) -> None:
    """Also without the wrapper's lock, as by hand: the second sees what the first has told."""
    gate = alert_and_hold_up(studio)

    with ThreadPoolExecutor(2) as pool:
        with studio.operator() as holder:
            holder.execute(gate)
            both = [
                pool.submit(run_without_lock, studio, "payment.alert_incidents") for _ in range(2)
            ]
            await_blocked_by(holder, waiting=2)
        assert sorted(run.result(timeout=30) for run in both) == [0, 2]

    assert told(studio) == (2, 1)


def test_alerts_killed_in_the_middle_leave_nothing_half_done_and_the_next_run_tells_them(
    studio: Studio, admin: psycopg.Connection
) -> None:
    gate = alert_and_hold_up(studio)

    with studio.operator() as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(gate)
        killed = pool.submit(run_job, "payment.alert_incidents")
        pid = wait_for(lambda: blocked_job(admin, holder))
        admin.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(psycopg.Error):
            killed.result(timeout=30)
        assert told(studio) == (0, 0)

    run_job("payment.alert_incidents")

    assert told(studio) == (2, 1)
