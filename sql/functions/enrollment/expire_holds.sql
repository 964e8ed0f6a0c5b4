create or replace function enrollment.expire_holds()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration_id bigint;
    v_released integer := enrollment.release_lapsed();
begin
    for v_registration_id in
        select s.id from enrollment.stuck_registrations(now()) as s (id)
    loop
        perform enrollment.release_registration(v_registration_id, 'failed', 'stuck');
        v_released := v_released + 1;
    end loop;
    return v_released;
end;
$$;
alter function enrollment.expire_holds() owner to enrollment;
grant execute on function enrollment.expire_holds() to scheduler;
comment on function enrollment.expire_holds() is
$$Job: release what lapsed in the studio in scope, and what is stuck; answers how many.$$;
