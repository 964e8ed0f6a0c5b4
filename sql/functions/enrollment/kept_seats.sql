create or replace function enrollment.kept_seats(p_cart_id bigint)
returns enrollment.seats[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_wish record;
    v_days datemultirange;
    v_whole enrollment.seats [];
begin
    select g.* into strict v_wish
    from enrollment.waitlist_entries as w
    cross join lateral enrollment.waiting_groups(w.section_id) as g
    where w.studio_id = v_studio_id and w.cart_id = p_cart_id and w.cart_id = g.cart_id
    limit 1;
    v_days := enrollment.picked_days(
        v_wish.section_id,
        case when v_wish.held_on is not null then array[v_wish.held_on] end,
        v_wish.weekdays,
        now()
    );
    v_whole := array(
        select s
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.section_id = v_wish.section_id
            and s.status = 'reserved'
            and s.student_id is null
            and s.reason like 'freed:%'
            and s.dates @> v_days
        -- Those that leave least over.
        order by upper(s.dates) - lower(s.dates), s.id
        limit v_wish.students
    );
    if cardinality(v_whole) = v_wish.students then
        return v_whole;
    end if;
    -- Two that are kept on some days each may make a place together, or with days that are free.
    return array(
        select s
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id
            and s.section_id = v_wish.section_id
            and s.status = 'reserved'
            and s.student_id is null
            and s.reason like 'freed:%'
            and s.dates && v_days
        order by s.id
    );
end;
$$;
alter function enrollment.kept_seats(bigint) owner to enrollment;
comment on function enrollment.kept_seats(bigint) is
$$The seats that keep places for staff since they came free and may serve those who wait in a
cart.

What they need no part of is kept again, by enrollment.keep_rest().$$;
