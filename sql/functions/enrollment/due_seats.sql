create or replace function enrollment.due_seats(
    p_section_id bigint, p_dates_before datemultirange, p_moved_from date[], p_moved_to date[]
)
returns setof enrollment.seats
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_drop_in boolean;
    v_seat enrollment.seats;
    v_pick record;
    v_dates date [];
    v_held_on date;
begin
    select s.price_mode = 'drop_in' into strict v_is_drop_in
    from catalog.sections as s
    where s.studio_id = v_studio_id and s.id = p_section_id;
    for v_pick in
        select
            s::enrollment.seats as seat,
            i.tier_id,
            i.weekdays,
            case
                when s.reason is null then e.dates is not null or i.dates is not null
                -- What was reserved as a whole has all days that there were.
                else
                    v_is_drop_in
                    or upper(s.dates) - lower(s.dates) = 1
                    or not s.dates @> (
                        p_dates_before
                        * datemultirange(daterange(studio.local_date(s.created_at), null))
                    )
            end as is_by_date
        from enrollment.seats as s
        left join enrollment.enrollments as e
            on
                s.studio_id = e.studio_id
                and s.family_id = e.family_id
                and s.student_id = e.student_id
                and s.section_id = e.section_id
                and s.enrollment_id = e.id
        left join enrollment.waitlist_entries as w
            on
                s.studio_id = w.studio_id
                and s.family_id = w.family_id
                and s.student_id = w.student_id
                and s.section_id = w.section_id
                and s.waitlist_entry_id = w.id
        left join enrollment.cart_items as i
            on
                s.studio_id = i.studio_id
                and s.family_id = i.family_id
                and s.student_id = i.student_id
                and s.section_id = i.section_id
                and (s.cart_item_id = i.id or w.cart_id = i.cart_id)
        where s.studio_id = v_studio_id and s.section_id = p_section_id
        order by s.id
    loop
        v_seat := v_pick.seat;
        v_dates := null;
        if v_pick.is_by_date then
            v_dates := enrollment.moved_dates(
                p_section_id,
                array(
                    select lower(r.dates) + n.number
                    from unnest(v_seat.dates) as r (dates)
                    cross join lateral generate_series(
                        0, upper(r.dates) - lower(r.dates) - 1
                    ) as n (number)
                ),
                p_moved_from,
                p_moved_to
            );
        end if;
        if v_seat.enrollment_id is not null then
            select n.dates, n.during into v_seat.dates, v_seat.during
            from enrollment.enrollment_span(
                v_seat.enrollment_id, v_dates, studio.local_date(v_seat.created_at)
            ) as n;
        else
            select
                n.dates, case when v_seat.student_id is not null then n.during end
            into v_seat.dates, v_seat.during
            from enrollment.seat_span(
                p_section_id, v_pick.tier_id, v_pick.weekdays, v_dates,
                studio.local_date(v_seat.created_at)
            ) as n;
        end if;
        return next v_seat;
    end loop;
    -- Whoever lost a seat as nothing of it took place has it again when something does.
    for v_pick in
        select
            e.id, e.family_id, e.student_id, e.status, e.created_at, e.dates
        from enrollment.enrollments as e
        where
            e.studio_id = v_studio_id
            and e.section_id = p_section_id
            and e.status in ('pending', 'confirmed')
            and (
                select count(*)
                from enrollment.seats as s
                where
                    s.studio_id = e.studio_id
                    and s.family_id = e.family_id
                    and s.enrollment_id = e.id
                offset 0
            ) < coalesce(cardinality(e.dates), 1)
        order by e.id
    loop
        foreach v_held_on in array coalesce(v_pick.dates, array_append(v_pick.dates, null))
        loop
            continue when exists (
                select
                from enrollment.seats as s
                where
                    s.studio_id = v_studio_id
                    and s.family_id = v_pick.family_id
                    and s.enrollment_id = v_pick.id
                    and (v_held_on is null or s.dates @> v_held_on)
            );
            v_dates := null;
            if v_held_on is not null then
                v_dates := enrollment.moved_dates(
                    p_section_id, array[v_held_on], p_moved_from, p_moved_to
                );
            end if;
            v_seat := null;
            select n.dates, n.during into v_seat.dates, v_seat.during
            from enrollment.enrollment_span(
                v_pick.id, v_dates, studio.local_date(v_pick.created_at)
            ) as n;
            continue when v_seat.dates is null;
            v_seat.studio_id := v_studio_id;
            v_seat.family_id := v_pick.family_id;
            v_seat.student_id := v_pick.student_id;
            v_seat.enrollment_id := v_pick.id;
            v_seat.section_id := p_section_id;
            v_seat.status := case v_pick.status when 'pending' then 'held' else 'confirmed' end;
            v_seat.created_at := v_pick.created_at;
            return next v_seat;
        end loop;
    end loop;
end;
$$;
alter function enrollment.due_seats(bigint, datemultirange, date[], date[]) owner to enrollment;
comment on function enrollment.due_seats(bigint, datemultirange, date[], date[]) is
$$The seats of a section as its meetings want them, where some dates were moved to others.

A seat of which nothing takes place any more has no dates; one that comes back has no id. A seat
begins on the day on which it was taken. p_dates_before: the section's days before the change.
Raises section_has_seats where a date was moved to several.$$;
