create or replace function enrollment.release_registration(
    p_registration_id bigint, p_status text, p_reason text, p_cause text default 'lapse'
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever finds a lapsed hold releases it, whichever family it was of.
set "callboard.family_id" = ''
as $$
declare
    v_registration constant enrollment.registrations
    := enrollment.lock_registration(p_registration_id);
    v_count bigint;
    v_enrollments bigint;
begin
    if v_registration.status is distinct from 'pending_payment' then
        return;
    end if;
    perform enrollment.lock_queues(
        array(
            select e.section_id
            from enrollment.enrollments as e
            where
                e.studio_id = v_registration.studio_id
                and e.family_id = v_registration.family_id
                and e.registration_id = p_registration_id
        )
    );
    -- By family and enrollment: to a planner that knows of no seats yet, any index will do that has
    -- fewer columns to compare, and would read all seats of a section.
    -- Who accepted an offer and did not pay has had it.
    update enrollment.waitlist_entries as w
    set status = 'expired', status_reason = p_reason
    where
        w.studio_id = v_registration.studio_id
        and w.family_id = v_registration.family_id
        and w.registration_id = p_registration_id
        and w.status = 'accepted';
    if found then
        update enrollment.carts as c
        set status = 'closed'
        where
            c.studio_id = v_registration.studio_id
            and c.family_id = v_registration.family_id
            and c.id = v_registration.cart_id;
        perform ops.emit(
            'waitlist.expired',
            w.id,
            w.family_id,
            jsonb_build_object(
                'section_id', w.section_id,
                'student_id', w.student_id,
                'held_on', w.held_on,
                'reason', p_reason
            )
        )
        from enrollment.waitlist_entries as w
        where
            w.studio_id = v_registration.studio_id
            and w.family_id = v_registration.family_id
            and w.registration_id = p_registration_id
        order by w.id;
    end if;
    perform enrollment.free_seats(
        array(
            select s.id
            from enrollment.enrollments as e
            cross join lateral (
                select x.id
                from enrollment.seats as x
                where
                    x.studio_id = e.studio_id
                    and x.family_id = e.family_id
                    and x.enrollment_id = e.id
                -- Not to be joined in another order.
                offset 0
            ) as s
            where
                e.studio_id = v_registration.studio_id
                and e.family_id = v_registration.family_id
                and e.registration_id = p_registration_id
        ),
        p_cause
    );
    update enrollment.enrollments as e
    set status = p_status
    where
        e.studio_id = v_registration.studio_id
        and e.family_id = v_registration.family_id
        and e.registration_id = p_registration_id
        and e.status = 'pending';
    get diagnostics v_enrollments = row_count;
    update enrollment.registrations as r
    set status = p_status, status_reason = p_reason
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'registration');
    perform ops.emit(
        'registration.released',
        p_registration_id,
        v_registration.family_id,
        jsonb_build_object('status', p_status, 'reason', p_reason, 'enrollments', v_enrollments)
    );
end;
$$;
alter function enrollment.release_registration(bigint, text, text, text) owner to enrollment;
comment on function enrollment.release_registration(bigint, text, text, text) is
$$End a pending registration with all its enrollments and give back its seats.

The one way a hold ends. status: failed or cancelled; reason: a code; cause: as in free_seats(). What other domains had given
for it (family award, credits) they take back on the event. A registration that is not pending is left
alone.$$;
