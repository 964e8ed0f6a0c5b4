create or replace function enrollment.follow_places(
    p_section_id bigint, p_before enrollment.seats[], p_due enrollment.seats[]
)
returns enrollment.seats[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_due enrollment.seats [] := p_due;
    v_seat record;
    v_place_number integer;
    v_placed bigint [] := array[]::bigint [];
begin
    update enrollment.places as p
    set taken = p.taken - c.dates
    from (
        select b.place_number, range_agg(b.dates) as dates
        from unnest(p_before) as b
        inner join unnest(p_due) as d on b.id = d.id
        where b.dates <> d.dates and b.place_number is not null
        group by b.place_number
    ) as c
    where
        p.studio_id = v_studio_id
        and p.section_id = p_section_id
        and p.place_number = c.place_number;
    -- On no place for a moment, as two may change theirs with one another.
    update enrollment.seats as s
    set place_number = null, dates = d.dates
    from unnest(p_due) as d
    where s.studio_id = v_studio_id and s.id = d.id and s.dates <> d.dates;
    if not exists (
        select
        from enrollment.places as p
        where p.studio_id = v_studio_id and p.section_id = p_section_id
    ) then
        return v_due;
    end if;
    -- First those that can stay where they are, then the others, those with most days first.
    for v_seat in
        select d.id, d.dates, b.place_number as own, d.ordinality as number, k.can_stay
        from unnest(p_due) with ordinality as d
        left join unnest(p_before) as b on d.id = b.id
        cross join (values (true), (false)) as k (can_stay)
        where b.dates is distinct from d.dates
        order by
            k.can_stay desc,
            (select sum(upper(r.dates) - lower(r.dates)) from unnest(d.dates) as r (dates)) desc,
            d.ordinality
    loop
        continue when v_seat.number = any(v_placed);
        update enrollment.places as p
        set taken = p.taken + v_seat.dates
        where
            p.studio_id = v_studio_id
            and p.section_id = p_section_id
            and p.place_number = case
                when v_seat.can_stay then v_seat.own
                else (
                    select f.place_number
                    from enrollment.places as f
                    where
                        f.studio_id = v_studio_id
                        and f.section_id = p_section_id
                        and not f.taken && v_seat.dates
                    order by isempty(f.taken), f.place_number
                    limit 1
                )
            end
            and not p.taken && v_seat.dates
        returning p.place_number into v_place_number;
        if not found then
            continue when v_seat.can_stay;
            perform ops.fail(
                'meeting_has_no_room',
                jsonb_build_object(
                    'title', enrollment.section_title(p_section_id), 'section_id', p_section_id
                )
            );
        end if;
        v_placed := v_placed || v_seat.number;
        v_due[v_seat.number].place_number := v_place_number;
        update enrollment.seats as s
        set place_number = v_place_number
        where s.studio_id = v_studio_id and s.id = v_seat.id;
    end loop;
    return v_due;
end;
$$;
alter function enrollment.follow_places(bigint, enrollment.seats[], enrollment.seats[])
owner to enrollment;
comment on function enrollment.follow_places(bigint, enrollment.seats[], enrollment.seats[]) is
$$Give the seats of a section the days that are due to them, on their places or on others.

A part of enrollment.follow_meetings(). Answers the seats due with their places, for those that are
yet to be written. Raises meeting_has_no_room.$$;
