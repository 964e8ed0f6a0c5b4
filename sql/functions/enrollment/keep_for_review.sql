create or replace function enrollment.keep_for_review(p_registration_id bigint)
returns timestamptz
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration enrollment.registrations;
    v_hold_expires_at timestamptz;
begin
    -- Says that it is over, or no longer what was checked out.
    perform enrollment.keep_for_payment(p_registration_id);
    v_registration := enrollment.lock_registration(p_registration_id);
    update enrollment.registrations as r
    set
        hold_expires_at = greatest(
            r.hold_expires_at,
            now()
            + make_interval(hours => (studio.settings_of(v_registration.term_id)).review_hours)
        )
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id
    returning r.hold_expires_at into strict v_hold_expires_at;
    return v_hold_expires_at;
end;
$$;
alter function enrollment.keep_for_review(bigint) owner to enrollment;
grant execute on function enrollment.keep_for_review(bigint) to payment;
comment on function enrollment.keep_for_review(bigint) is
$$Keep a registration's seats while staff look for its money (setting review_hours); until when.

For payment. Raises registration_expired, registration_changed.$$;
