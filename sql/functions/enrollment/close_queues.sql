create or replace function enrollment.close_queues(p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The queues of all families.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_cart record;
    v_closed integer := 0;
begin
    for v_cart in
        select w.cart_id, bool_and(n.is_enrolled) as are_enrolled
        from enrollment.waitlist_entries as w
        inner join enrollment.cart_items as i
            on
                w.studio_id = i.studio_id
                and w.family_id = i.family_id
                and w.cart_id = i.cart_id
                and w.student_id = i.student_id
                and w.section_id = i.section_id
        inner join catalog.sections as s on w.studio_id = s.studio_id and w.section_id = s.id
        inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
        cross join lateral (
            select
                enrollment.is_enrolled(
                    w.family_id, w.student_id, w.section_id,
                    case when w.held_on is not null then array[w.held_on] end, i.weekdays, p_as_of
                ) as is_enrolled
        ) as n
        where w.studio_id = v_studio_id and w.status = 'waiting'
        group by w.cart_id
        -- Who want in together wait until all of them have it.
        having
            bool_and(n.is_enrolled)
            or bool_or(
                t.registration_closes_at <= p_as_of
                or not exists (
                    select
                    from catalog.meetings as m
                    where
                        m.studio_id = v_studio_id
                        and m.section_id = w.section_id
                        and m.status = 'scheduled'
                        and m.starts_at > p_as_of
                        and (w.held_on is null or m.held_on = w.held_on)
                )
            )
        order by w.cart_id
    loop
        perform
        from enrollment.carts as c
        where c.studio_id = v_studio_id and c.id = v_cart.cart_id
        for no key update skip locked;
        continue when not found;
        perform
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.cart_id = v_cart.cart_id
        order by w.id
        for no key update;
        perform enrollment.lock_queues(
            array(
                select w.section_id
                from enrollment.waitlist_entries as w
                where w.studio_id = v_studio_id and w.cart_id = v_cart.cart_id
            )
        );
        v_closed := v_closed + case
            when v_cart.are_enrolled
                then enrollment.end_offers(v_cart.cart_id, 'cancelled', 'enrolled', 'waitlist.left')
            else
                enrollment.end_offers(
                    v_cart.cart_id, 'expired', 'term_closed', 'waitlist.expired'
                )
        end;
    end loop;
    return v_closed;
end;
$$;
alter function enrollment.close_queues(timestamptz) owner to enrollment;
comment on function enrollment.close_queues(timestamptz) is
$$End the waiting for what can't be had any more, or is had: registration is over, no date is to
come, or whoever waits has been enrolled otherwise.$$;
