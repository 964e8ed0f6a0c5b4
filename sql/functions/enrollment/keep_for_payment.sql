create or replace function enrollment.keep_for_payment(p_registration_id bigint)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration constant enrollment.registrations
    := enrollment.lock_registration(p_registration_id);
    v_hold_expires_at timestamptz := v_registration.hold_expires_at;
    v_count bigint;
begin
    if exists (
        select
        from enrollment.lapsed_registrations(now()) as r
        where r.studio_id = v_registration.studio_id and r.id = p_registration_id
    ) then
        perform ops.fail('registration_expired');
    elsif exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and e.status = 'pending'
            -- Each has a seat, or one a date, while what was picked takes place.
            and (
                select count(*)
                from enrollment.seats as s
                where
                    s.studio_id = e.studio_id
                    and s.family_id = e.family_id
                    and s.enrollment_id = e.id
                offset 0
            ) < coalesce(cardinality(e.dates), 1)
    ) then
        perform ops.fail('registration_changed');
    end if;
    if not v_registration.hold_extended then
        v_hold_expires_at := greatest(
            v_hold_expires_at,
            now()
            + make_interval(
                mins => (studio.settings_of(v_registration.term_id)).payment_minutes
            )
        );
        update enrollment.registrations as r
        set hold_expires_at = v_hold_expires_at, hold_extended = true
        where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
        get diagnostics v_count = row_count;
        perform ops.require_count(v_count, 1, 'registration');
    end if;
    -- The gateway allows a session half an hour by its own clock, which may be behind ours.
    return least(v_hold_expires_at, now() + interval '29 minutes');
end;
$$;
alter function enrollment.keep_for_payment(bigint) owner to enrollment;
grant execute on function enrollment.keep_for_payment(bigint) to payment;
comment on function enrollment.keep_for_payment(bigint) is
$$Keep a registration's seats while it is being paid: extend its hold, once; answers until when.

For payment. Raises registration_expired when the hold has lapsed, registration_changed
when something of it was cancelled since.$$;
