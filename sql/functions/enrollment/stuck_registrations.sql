create or replace function enrollment.stuck_registrations(p_as_of timestamptz)
returns setof bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Those of every family.
set "callboard.family_id" = ''
as $$
begin
    return query
    select r.id
    from enrollment.registrations as r
    where
        r.studio_id = auth.studio_id()
        and r.status = 'pending_payment'
        and r.hold_expires_at <= p_as_of
        and r.created_at
        <= p_as_of - make_interval(hours => (studio.settings_of(r.term_id)).stuck_hours)
        -- Money that is there is for whoever reconciles it, never for a clock.
        and not exists (
            select
            from payment.payments as p
            where
                p.studio_id = r.studio_id
                and p.family_id = r.family_id
                and p.registration_id = r.id
                and p.status = 'authorized'
        )
    order by r.id;
end;
$$;
alter function enrollment.stuck_registrations(timestamptz) owner to enrollment;
comment on function enrollment.stuck_registrations(timestamptz) is
$$The long stop: registrations that have been pending longer than anything they may wait for.

A payment that is open without an end keeps a hold from lapsing; after stuck_hours (setting) it no
longer does. One that is authorized does.$$;
