create or replace function enrollment.free_places(
    p_section_ids bigint[], p_held_on date default null
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
begin
    if p_section_ids is null then
        return;
    end if;
    return query
    with lapsed as materialized (
        select l.section_id, count(*) as seats
        from enrollment.lapsed_seats(now()) as l
        where p_held_on is null or l.dates @> p_held_on
        group by l.section_id
    )

    select
        p.section_id,
        (
            count(*) filter (
                where case
                    when p_held_on is null then isempty(p.taken)
                    else not p.taken @> p_held_on
                end
            )
            + coalesce((select l.seats from lapsed as l where l.section_id = p.section_id), 0)
        )::integer
    from enrollment.places as p
    where p.studio_id = v_studio_id and p.section_id = any(p_section_ids)
    group by p.section_id;
end;
$$;
alter function enrollment.free_places(bigint[], date) owner to enrollment;
comment on function enrollment.free_places(bigint[], date) is
$$How many places of some sections are free, on one date or throughout.

No row for a section without places, which is unlimited, and none for no sections (null). Lapsed
holds count as free.$$;
