create or replace procedure ops.run_job(p_job text)
language plpgsql
as $$
declare
    v_studio_id integer;
    v_run_id bigint;
    v_changed integer;
    v_error text;
begin
    -- Neither definer nor SET clause: both would forbid the COMMITs below.
    if
        not pg_catalog.pg_try_advisory_lock(
            pg_catalog.hashtext('job'), pg_catalog.hashtext(p_job)
        )
    then
        v_run_id := ops.start_job_run(p_job, null);
        perform ops.finish_job_run(v_run_id, 'skipped', 0, null);
        return;
    end if;
    for v_studio_id in select s.id from studio.active_studio_ids() as s (id)
    loop
        v_run_id := ops.start_job_run(p_job, v_studio_id);
        commit;
        perform auth.enter_studio(v_studio_id);
        begin
            execute pg_catalog.format('select %s()', p_job::pg_catalog.regproc) into v_changed;
            v_error := null;
        exception
            -- Not silenced: recorded with the run, and the next studio goes on.
            when others then
                get stacked diagnostics v_error = message_text;
                v_changed := null;
        end;
        perform ops.finish_job_run(
            v_run_id,
            case when v_error is null then 'done' else 'failed' end,
            v_changed,
            v_error
        );
        commit;
    end loop;
    perform pg_catalog.pg_advisory_unlock(pg_catalog.hashtext('job'), pg_catalog.hashtext(p_job));
end;
$$;
alter procedure ops.run_job(text) owner to ops;
grant execute on procedure ops.run_job(text) to scheduler;
comment on procedure ops.run_job (text) is
$$Run a job, a function without arguments that returns what it changed, studio by studio.

For login scheduler, from pg_cron. Each studio has its own transaction and its own row in
ops.job_runs, so one studio's error stops no other. A job that still runs is skipped.$$;
