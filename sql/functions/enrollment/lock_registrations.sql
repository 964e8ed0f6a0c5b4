create or replace function enrollment.lock_registrations(p_registration_ids bigint[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform
    from enrollment.registrations as r
    where r.studio_id = auth.studio_id() and r.id = any(p_registration_ids)
    order by r.id
    for no key update;
end;
$$;
alter function enrollment.lock_registrations(bigint[]) owner to enrollment;
grant execute on function enrollment.lock_registrations(bigint[]) to payment;
comment on function enrollment.lock_registrations(bigint[]) is
$$Lock several registrations, by id, as lock_registration() does one. For payment.$$;
