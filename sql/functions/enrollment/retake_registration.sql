create or replace function enrollment.retake_registration(
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
    v_today constant date := studio.local_date(now());
    v_enrollment record;
    v_section_ids bigint [];
begin
    if
        v_registration.status is distinct from 'failed'
        or v_registration.status_reason not in ('hold_lapsed', 'stuck')
    then
        return false;
    end if;
    begin
        -- As whoever confirms: the cart before what it had taken, that before the queues.
        perform
        from enrollment.carts as c
        where
            c.studio_id = v_registration.studio_id
            and c.family_id = v_registration.family_id
            and c.id = v_registration.cart_id
        for no key update;
        if exists (
            select
            from enrollment.waitlist_entries as w
            where
                w.studio_id = v_registration.studio_id
                and w.family_id = v_registration.family_id
                and w.cart_id = v_registration.cart_id
                and w.replaces_enrollment_id is not null
        ) then
            -- The student has kept what the offer would have replaced.
            return false;
        end if;
        -- Fails where the family is in another checkout of the term: it is not to have both.
        update enrollment.registrations as r
        set status = 'pending_payment', status_reason = null
        where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
        update enrollment.enrollments as e
        set status = 'pending'
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and e.status = 'failed';
        perform pricing.retake(
            v_registration.family_id, p_registration_id, v_registration.quote_id
        );
        v_section_ids := array(
            select distinct e.section_id
            from enrollment.enrollments as e
            where
                e.studio_id = v_registration.studio_id
                and e.family_id = v_registration.family_id
                and e.registration_id = p_registration_id
        );
        perform enrollment.lock_queues(v_section_ids);
        lock table enrollment.seats in row exclusive mode;
        perform enrollment.lock_places(v_section_ids);
        for v_enrollment in
            select e.id, e.section_id, coalesce(cardinality(e.dates), 1) as wanted, s.status
            from enrollment.enrollments as e
            inner join catalog.sections as s on e.studio_id = s.studio_id and e.section_id = s.id
            where
                e.studio_id = v_registration.studio_id
                and e.family_id = v_registration.family_id
                and e.registration_id = p_registration_id
                and e.status = 'pending'
            order by e.section_id, e.id
        loop
            if v_enrollment.status <> 'open' then
                perform ops.fail('section_not_open');
            end if;
            perform enrollment.take_seats(v_enrollment.id, v_today);
            if (
                select count(*)
                from enrollment.seats as s
                where
                    s.studio_id = v_registration.studio_id
                    and s.family_id = v_registration.family_id
                    and s.enrollment_id = v_enrollment.id
            ) < v_enrollment.wanted
            then
                -- A date that is over can't be had any more.
                perform ops.fail('registration_changed');
            end if;
        end loop;
        if not enrollment.confirm_registration(
            p_registration_id, p_transaction_id, p_offline_payment_id
        ) then
            perform ops.fail('registration_expired');
        end if;
    exception
        when sqlstate 'PGRST' or unique_violation or exclusion_violation then
            -- All of it or nothing, and the money goes back.
            return false;
    end;
    perform ops.emit('registration.retaken', p_registration_id, v_registration.family_id);
    return true;
end;
$$;
alter function enrollment.retake_registration(bigint, bigint, bigint) owner to enrollment;
comment on function enrollment.retake_registration(bigint, bigint, bigint) is
$$Take the seats of a lapsed registration that was paid too late again, and confirm it; true: it is.

At the price of its quote, so only with all that this took into account: its seats, its coupon,
credits and family award, and no other checkout of the term meanwhile. Nobody who waits is passed
over. Else nothing is changed. The caller has seen the money; it is read afresh all the same.$$;
