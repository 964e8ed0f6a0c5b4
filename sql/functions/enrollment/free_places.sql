create or replace function enrollment.free_places(
    p_section_ids bigint[],
    p_held_on date default null,
    p_weekdays smallint[] default null
)
returns table (section_id bigint, places integer)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(now());
    v_days constant datemultirange := datemultirange(daterange(v_today, null));
begin
    if p_section_ids is null then
        return;
    end if;
    return query
    with lapsed as materialized (
        select l.section_id, l.place_number, range_agg(l.dates) as dates
        from enrollment.lapsed_seats(now()) as l
        group by l.section_id, l.place_number
    ),

    -- The days that a place has to be free on: what is over is in nobody's way.
    wanted as materialized (
        select
            u.section_id,
            case
                when p_held_on is not null
                    then datemultirange(daterange(p_held_on, p_held_on + 1))
                when p_weekdays is not null
                    then (catalog.section_span(u.section_id, p_weekdays, v_today)).dates
                else coalesce(nullif(n.dates * v_days, '{}'), n.dates)
            end as dates
        from unnest(p_section_ids) as u (section_id)
        left join catalog.section_spans as n
            on n.studio_id = v_studio_id and u.section_id = n.section_id
    )

    select
        p.section_id,
        count(*) filter (
            where
            isempty(p.taken)
            or not case when l.dates is null then p.taken else p.taken - l.dates end && w.dates
        )::integer
    from wanted as w
    inner join enrollment.places as p
        on p.studio_id = v_studio_id and w.section_id = p.section_id
    left join lapsed as l
        on p.section_id = l.section_id and p.place_number = l.place_number
    group by p.section_id;
end;
$$;
alter function enrollment.free_places(bigint[], date, smallint[]) owner to enrollment;
comment on function enrollment.free_places(bigint[], date, smallint[]) is
$$How many places of some sections are free, on one date, on some weekdays or throughout.

Throughout is from today on.

No row for a section without places, which is unlimited, and none for no sections (null). Lapsed
holds count as free.$$;
