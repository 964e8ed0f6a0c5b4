create or replace function enrollment.confirm_registration(
    p_registration_id bigint,
    p_transaction_id bigint default null,
    p_offline_payment_id bigint default null
)
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
    v_confirmation_id bigint;
    v_enrollments bigint;
    v_count bigint;
    v_cancelled enrollment.enrollments [];
begin
    if v_registration.status is distinct from 'pending_payment' then
        return false;
    end if;
    v_confirmation_id := enrollment.record_confirmation(
        p_registration_id, p_transaction_id, p_offline_payment_id
    );
    if v_confirmation_id is null then
        return false;
    end if;
    -- The cart and the queues before any seat: whoever changes the times of a section waits for
    -- seats with its own in hand. By statements of their own: the next ones then see what somebody
    -- was just putting in.
    perform
    from enrollment.carts as c
    where
        c.studio_id = v_registration.studio_id
        and c.family_id = v_registration.family_id
        and c.id = v_registration.cart_id
    for no key update;
    perform enrollment.lock_queues(
        enrollment.replaced_sections(v_registration.family_id, v_registration.cart_id)
    );
    update enrollment.registrations as r
    set
        -- A day for the rest is only there while there is a rest.
        status = case when r.balance_due_on is null then 'confirmed' else 'partial' end,
        confirmation_id = v_confirmation_id
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'registration');
    update enrollment.enrollments as e
    set status = 'confirmed'
    where
        e.studio_id = v_registration.studio_id
        and e.family_id = v_registration.family_id
        and e.registration_id = p_registration_id
        and e.status = 'pending';
    get diagnostics v_enrollments = row_count;
    -- By family and enrollment, as in enrollment.release_registration().
    with seated as (
        update enrollment.seats as s
        set status = 'confirmed'
        from enrollment.enrollments as e
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and s.studio_id = e.studio_id
            and s.family_id = e.family_id
            and s.enrollment_id = e.id
        returning s.enrollment_id
    )

    -- One that is for dates has a seat for each of them.
    select count(distinct s.enrollment_id) into strict v_count from seated as s;
    if v_count < v_enrollments then
        -- One of which all meetings were cancelled has none; its money is for staff to settle.
        select v_count + count(*) into strict v_count
        from enrollment.enrollments as e
        cross join lateral enrollment.enrollment_span(
            e.id, e.dates, studio.local_date(e.created_at)
        ) as n
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and e.status = 'confirmed'
            and n.dates is null;
    end if;
    -- Never paid without a seat, silently.
    perform ops.require_count(v_count, v_enrollments, 'seats of a paid registration');
    update enrollment.waitlist_entries as w
    set status = 'registered'
    where
        w.studio_id = v_registration.studio_id
        and w.family_id = v_registration.family_id
        and w.registration_id = p_registration_id
        and w.status = 'accepted';
    if found then
        perform enrollment.settle_entries(p_registration_id);
    end if;
    v_cancelled := enrollment.cancelled_enrollments(
        v_registration.family_id, p_registration_id
    );
    if v_cancelled <> '{}' then
        -- Paid while its class was being cancelled: the money is the family's.
        perform enrollment.end_enrollments(
            v_cancelled, 'cancelled', studio.local_date(now()), 'class cancelled', null, true
        );
    end if;
    -- What was put into the cart since checkout stays there.
    delete from enrollment.cart_items as i
    using enrollment.enrollments as e
    where
        i.studio_id = v_registration.studio_id
        and i.family_id = v_registration.family_id
        and i.cart_id = v_registration.cart_id
        and e.studio_id = i.studio_id
        and e.family_id = i.family_id
        and e.registration_id = p_registration_id
        and e.student_id = i.student_id
        and e.section_id = i.section_id
        and e.tier_id is not distinct from i.tier_id
        and e.dates is not distinct from i.dates
        and e.weekdays is not distinct from i.weekdays;
    update enrollment.carts as c
    set status = 'checked_out'
    where
        c.studio_id = v_registration.studio_id
        and c.family_id = v_registration.family_id
        and c.id = v_registration.cart_id
        and c.status = 'open'
        and not exists (
            select
            from enrollment.cart_items as i
            where
                i.studio_id = c.studio_id
                and i.family_id = c.family_id
                and i.cart_id = c.id
        );
    perform ops.emit(
        'registration.confirmed',
        p_registration_id,
        v_registration.family_id,
        jsonb_build_object(
            'total_minor', v_registration.total_minor,
            'balance_due_on', v_registration.balance_due_on
        )
    );
    return true;
end;
$$;
alter function enrollment.confirm_registration(bigint, bigint, bigint) owner to enrollment;
comment on function enrollment.confirm_registration(bigint, bigint, bigint) is
$$Confirm a pending registration with its enrollments and seats, if there is a cause; true: it
was.

partial where a rest is due on a day that owners agreed to. A repeat answers false and changes nothing.$$;
