create or replace function ops.finish_job_run(
    p_run_id bigint, p_status text, p_changed integer, p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
begin
    update ops.job_runs as r
    set
        status = p_status,
        changed = p_changed,
        error = p_error,
        finished_at = clock_timestamp()
    where r.id = p_run_id and r.status = 'running';
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'job run');
end;
$$;
alter function ops.finish_job_run(bigint, text, integer, text) owner to ops;
grant execute on function ops.finish_job_run(bigint, text, integer, text) to scheduler;
comment on function ops.finish_job_run(bigint, text, integer, text) is
$$Note how a job run ended: done, failed or skipped. For scheduler.$$;
