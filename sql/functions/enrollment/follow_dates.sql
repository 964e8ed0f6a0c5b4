create or replace function enrollment.follow_dates(
    p_section_id bigint, p_moved_from date[], p_moved_to date[]
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Those of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    if coalesce(p_moved_from, '{}') = '{}' then
        return;
    end if;
    update enrollment.enrollments as e
    set dates = d.dates
    from (
        select
            x.id,
            enrollment.moved_dates(p_section_id, x.dates, p_moved_from, p_moved_to) as dates
        from enrollment.enrollments as x
        where
            x.studio_id = v_studio_id
            and x.section_id = p_section_id
            and x.status in ('pending', 'confirmed')
            and x.dates && p_moved_from
    ) as d
    where e.studio_id = v_studio_id and e.id = d.id and e.dates <> d.dates;
    update enrollment.cart_items as i
    set dates = d.dates
    from (
        select
            x.id,
            enrollment.moved_dates(p_section_id, x.dates, p_moved_from, p_moved_to) as dates
        from enrollment.cart_items as x
        inner join enrollment.carts as c
            on x.studio_id = c.studio_id and x.family_id = c.family_id and x.cart_id = c.id
        where
            x.studio_id = v_studio_id
            and x.section_id = p_section_id
            and x.dates && p_moved_from
            and c.status = 'open'
        -- One that is just being taken out of its cart is nobody's to wait for.
        for no key update of x skip locked
    ) as d
    where i.studio_id = v_studio_id and i.id = d.id and i.dates <> d.dates;
    begin
        update enrollment.waitlist_entries as w
        set held_on = d.dates[1]
        from (
            select
                x.id,
                enrollment.moved_dates(
                    p_section_id, array[x.held_on], p_moved_from, p_moved_to
                ) as dates
            from enrollment.waitlist_entries as x
            where
                x.studio_id = v_studio_id
                and x.section_id = p_section_id
                and x.status in ('waiting', 'offered', 'accepted')
                and x.held_on = any(p_moved_from)
        ) as d
        where w.studio_id = v_studio_id and w.id = d.id and w.held_on <> d.dates[1];
    exception
        when unique_violation then
            -- Somebody waits for both dates, and would wait twice for one.
            perform ops.fail(
                'section_has_seats', jsonb_build_object('section_id', p_section_id)
            );
    end;
end;
$$;
alter function enrollment.follow_dates(bigint, date[], date[]) owner to enrollment;
comment on function enrollment.follow_dates(bigint, date[], date[]) is
$$Let what was bought, picked or waited for by date go along with meetings that went to others.

A part of enrollment.follow_meetings(). Raises section_has_seats where a date went to several, or
where a student waits for both dates.$$;
