create or replace function enrollment.lapsed_seats(p_as_of timestamptz)
returns table (
    id bigint, section_id bigint, dates datemultirange, place_number integer
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Holds of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_lapsed_ids bigint [];
    v_family_ids bigint [];
begin
    -- Asked for by themselves: there are few at any time, whatever is held, and mostly none.
    select array_agg(r.id), array_agg(r.family_id) into v_lapsed_ids, v_family_ids
    from enrollment.lapsed_registrations(p_as_of) as r
    where r.studio_id = v_studio_id;
    if v_lapsed_ids is not null then
        return query
        -- One look-up leads to the next, in this order: joined, all that is held could be read
        -- first.
        select s.id, s.section_id, s.dates, s.place_number
        from unnest(v_lapsed_ids, v_family_ids) as l (id, family_id)
        cross join lateral (
            select e.id
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.family_id = l.family_id
                and e.registration_id = l.id
            offset 0
        ) as e
        cross join lateral (
            select s.id, s.section_id, s.dates, s.place_number, s.status
            from enrollment.seats as s
            where
                s.studio_id = v_studio_id
                and s.family_id = l.family_id
                and s.enrollment_id = e.id
            offset 0
        ) as s
        where s.status = 'held';
    end if;
    return query
    select s.id, s.section_id, s.dates, s.place_number
    from enrollment.lapsed_carts(p_as_of) as c
    cross join lateral (
        select i.id
        from enrollment.cart_items as i
        where i.studio_id = v_studio_id and i.family_id = c.family_id and i.cart_id = c.id
        offset 0
    ) as i
    cross join lateral (
        select s.id, s.section_id, s.dates, s.place_number
        from enrollment.seats as s
        where
            s.studio_id = v_studio_id and s.family_id = c.family_id and s.cart_item_id = i.id
        offset 0
    ) as s
    where c.studio_id = v_studio_id
    union all
    select s.id, s.section_id, s.dates, s.place_number
    from enrollment.lapsed_offers(p_as_of) as w
    inner join enrollment.seats as s on w.studio_id = s.studio_id and w.seat_id = s.id
    where w.studio_id = v_studio_id;
end;
$$;
alter function enrollment.lapsed_seats(timestamptz) owner to enrollment;
comment on function enrollment.lapsed_seats(timestamptz) is
$$The seats whose holds are over at an instant and that somebody has yet to free.

They count as free.$$;
