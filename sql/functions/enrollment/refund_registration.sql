create or replace function enrollment.refund_registration(p_registration_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration constant enrollment.registrations
    := enrollment.lock_registration(p_registration_id);
    v_enrollments enrollment.enrollments [];
    v_count bigint;
begin
    if
        v_registration.status not in ('confirmed', 'partial')
        or payment.paid_minor(v_registration.family_id, p_registration_id)
        > (
            enrollment.price_change_minor(v_registration.family_id, p_registration_id)
        ).given_back_minor
    then
        return false;
    end if;
    -- Before any seat, and by a statement of its own: the next one then sees what was just changed.
    perform enrollment.lock_queues(
        array(
            select e.section_id
            from enrollment.enrollments as e
            where
                e.studio_id = v_registration.studio_id
                and e.family_id = v_registration.family_id
                and e.registration_id = p_registration_id
                and e.status = 'confirmed'
        )
    );
    v_enrollments := array(
        select e::enrollment.enrollments
        from enrollment.enrollments as e
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and e.status = 'confirmed'
        order by e.section_id, e.id
    );
    -- What it costs less is with the refunds.
    perform enrollment.end_enrollments(
        v_enrollments, 'refunded', studio.local_date(now()), 'all that was paid was refunded',
        0::bigint, false, 'refund'
    );
    update enrollment.registrations as r
    set status = 'refunded', status_reason = 'refunded'
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'registration');
    perform ops.emit(
        'registration.refunded',
        p_registration_id,
        v_registration.family_id,
        jsonb_build_object('enrollments', cardinality(v_enrollments))
    );
    return true;
end;
$$;
alter function enrollment.refund_registration(bigint) owner to enrollment;
comment on function enrollment.refund_registration(bigint) is
$$End a confirmed registration of which all that was paid has gone back; true: it has.

Its enrollments end today, and their places go where the setting waitlist_on_refund says. What had
been given for it (credits, coupon, family award) is given back on the event.$$;
