create or replace function enrollment.lapse_registration(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_count bigint;
begin
    update enrollment.registrations as r
    set hold_expires_at = now()
    where
        r.studio_id = v_studio_id
        and r.id = p_registration_id
        and r.status = 'pending_payment';
    get diagnostics v_count = row_count;
    if v_count = 0 then
        perform ops.fail('registration_not_found');
    end if;
end;
$$;
alter function enrollment.lapse_registration(bigint) owner to enrollment;
grant execute on function enrollment.lapse_registration(bigint) to deploy;
comment on function enrollment.lapse_registration(bigint) is
$$End the hold of one pending registration now, as if its time had run out.

For operators, not for callers of the API; needs a studio in scope (auth.enter_studio).$$;
