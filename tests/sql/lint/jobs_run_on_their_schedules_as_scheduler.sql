begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

create view tests.jobs as
select
    j.jobname,
    j.schedule,
    j.username as login,
    j.active and j.database = current_database() as is_on,
    substring(j.command from '^call ops\.run_job\(''([a-z_.]+)''\)$') as function
from cron.job as j;

-- A job is a function without arguments that says how much it changed.
create view tests.jobs_that_fail as
select j.jobname
from tests.jobs as j
where
    not exists (
        select
        from tests.own_functions as f
        where
            f.signature = j.function || '()'
            and has_function_privilege('scheduler', f.oid, 'execute')
            and f.is_definer
            and (select p.prorettype from pg_catalog.pg_proc as p where p.oid = f.oid)
            = 'integer'::regtype
    );

-- Whether a job is active is left to whoever operates the database.
select set_eq(
    'select j.jobname, j.schedule, j.login, j.function from tests.jobs as j',
    $$
        values
        ('alert_incidents', '*/5 * * * *', 'scheduler', 'payment.alert_incidents'),
        ('ask_batches', '25 * * * *', 'scheduler', 'payment.ask_batches'),
        ('ask_ended_sessions', '* * * * *', 'scheduler', 'payment.ask_ended_sessions'),
        ('ask_quiet_payments', '* * * * *', 'scheduler', 'payment.ask_quiet_payments'),
        (
            'fetch_unsettled_notices', '*/5 * * * *', 'scheduler',
            'payment.fetch_unsettled_notices'
        ),
        ('list_notices', '*/5 * * * *', 'scheduler', 'payment.list_notices'),
        (
            'charge_due_installments', '*/10 * * * *', 'scheduler',
            'payment.charge_due_installments'
        ),
        (
            'end_due_enrollments', '*/15 * * * *', 'scheduler',
            'enrollment.end_due_enrollments'
        ),
        ('expire_holds', '*/5 * * * *', 'scheduler', 'enrollment.expire_holds'),
        ('pass_on_places', '*/5 * * * *', 'scheduler', 'enrollment.pass_on_places'),
        ('post_missing', '*/10 * * * *', 'scheduler', 'payment.post_missing'),
        ('retry_refunds', '* * * * *', 'scheduler', 'payment.retry_refunds'),
        ('summarize_charges', '*/15 * * * *', 'scheduler', 'payment.summarize_charges')
    $$,
    'these jobs run, each through the one wrapper'
);
select is_empty('table tests.jobs_that_fail', 'scheduler may execute the function of each job');
select ok(
    has_function_privilege('scheduler', 'ops.run_job(text)', 'execute'),
    'and the wrapper, which checks nothing by itself'
);

create function payment.planted() returns void language sql as '';
insert into cron.job (schedule, command, nodename, nodeport, database, username, jobname)
values
('* * * * *', 'call ops.run_job(''payment.planted'')', '', 1, current_database(), 'scheduler', 'a'),
('* * * * *', 'select payment.ask_ended_sessions()', '', 1, current_database(), 'scheduler', 'b');
select set_eq(
    'table tests.jobs_that_fail',
    array['a', 'b'],
    'the rule sees a function that answers nothing, and a job that goes round the wrapper'
);

select * from finish();
rollback;
