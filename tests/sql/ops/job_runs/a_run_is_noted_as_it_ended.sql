-- ops.run_job itself commits between studios, which no test inside a transaction can: it is tested
-- over connections of its own, in tests/py/api/test_jobs.py. Here: what it writes its runs with.
begin;
set local search_path = tap, public;
select plan(10);
create function pg_temp.as_scheduler(expression text) returns jsonb language plpgsql as $$
declare
    v_value jsonb;
begin
    perform tests.act_as_operator();
    perform set_config('session_authorization', 'scheduler', true);
    execute 'select to_jsonb(v) -> ''value'' from (select ' || expression || ' as value) as v'
    into v_value;
    perform tests.act_as_operator();
    return v_value;
end;
$$;
create function pg_temp.run(id bigint) returns text language sql as $$
    select (r.status, r.changed, r.error, r.finished_at is not null)::text from ops.job_runs as r
    where r.id = run.id
$$;
select pg_temp.as_scheduler('ops.start_job_run(''test.job'', 1)') as run \gset
select is(pg_temp.run(:run), '(running,,,f)', 'a run begins');
select pg_temp.as_scheduler(
    format('ops.finish_job_run(%s, ''done'', 3, null)', :run)
) as nothing \gset
select is(pg_temp.run(:run), '(done,3,,t)', 'done, with what it changed');
select is(
    tests.error_code(
        format(
            'select pg_temp.as_scheduler(''ops.finish_job_run(%s, ''''done'''', 3, null)'')', :run
        )
    ),
    'unexpected_row_count', 'it ends once'
);
select pg_temp.as_scheduler('ops.start_job_run(''test.job'', 1)') as run \gset
select pg_temp.as_scheduler(
    format('ops.finish_job_run(%s, ''failed'', null, ''why'')', :run)
) as nothing \gset
select is(pg_temp.run(:run), '(failed,,why,t)', 'failed, and why');
select pg_temp.as_scheduler('ops.start_job_run(''test.job'', null)') as run \gset
select pg_temp.as_scheduler(
    format('ops.finish_job_run(%s, ''skipped'', 0, null)', :run)
) as nothing \gset
select is(pg_temp.run(:run), '(skipped,0,,t)', 'skipped');
select pg_temp.as_scheduler('ops.start_job_run(''test.job'', 1)') as run \gset
select is(
    tests.error_code(
        format(
            'select pg_temp.as_scheduler(''ops.finish_job_run(%s, ''''failed'''', 0, null)'')', :run
        )
    ), '23514',
    'a failure without a reason is none'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.as_scheduler(''ops.finish_job_run(%s, ''''done'''', 0, ''''why'''')'')',
            :run
        )
    ), '23514',
    'a success with one neither'
);
-- The jobs are functions that the scheduler may call, studio by studio.
select is(
    tests.error(
        'select pg_temp.as_scheduler(''(select count(*) from studio.active_studio_ids())'')'
    ) ->> 'message',
    null, 'it may go through every studio'
);
select is(
    tests.error_code(format('select pg_temp.as_scheduler(%L)', j.name || '()')), 'studio_required',
    j.name || ' needs one in scope'
)
from (values ('enrollment.expire_holds'), ('payment.ask_ended_sessions')) as j (name);
select * from finish();
rollback;
