create or replace function ops.start_job_run(p_job text, p_studio_id integer)
returns bigint
language sql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    insert into ops.job_runs (job, studio_id) values (p_job, p_studio_id) returning id
$$;
alter function ops.start_job_run(text, integer) owner to ops;
grant execute on function ops.start_job_run(text, integer) to scheduler;
comment on function ops.start_job_run(text, integer) is
$$Note that a job begins with a studio (null: with none, because it was still running).

For scheduler.$$;
