create or replace function enrollment.lock_registration(p_registration_id bigint)
returns enrollment.registrations
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_registration enrollment.registrations;
begin
    select r.* into v_registration
    from enrollment.registrations as r
    where r.studio_id = v_studio_id and r.id = p_registration_id
    for no key update;
    return v_registration;
end;
$$;
alter function enrollment.lock_registration(bigint) owner to enrollment;
grant execute on function enrollment.lock_registration(bigint) to payment;
comment on function enrollment.lock_registration(bigint) is
$$Lock a registration and answer its row as it is then; all null when there is none in scope.

Taken before any payment row of the registration. For payment.$$;
