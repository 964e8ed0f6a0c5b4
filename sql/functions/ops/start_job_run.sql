create or replace function ops.start_job_run(p_job text, p_studio_id integer)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_run_id bigint;
begin
    -- With a studio the caller is the only run of the job: others of it have been cut off.
    update ops.job_runs as r
    set status = 'failed', error = 'the run was cut off', finished_at = clock_timestamp()
    where r.job = p_job and r.status = 'running' and p_studio_id is not null;
    insert into ops.job_runs (job, studio_id)
    values (p_job, p_studio_id)
    returning id into strict v_run_id;
    return v_run_id;
end;
$$;
alter function ops.start_job_run(text, integer) owner to ops;
grant execute on function ops.start_job_run(text, integer) to scheduler;
comment on function ops.start_job_run(text, integer) is
$$Note that a job begins with a studio (null: with none, because it was still running).

For scheduler.$$;
