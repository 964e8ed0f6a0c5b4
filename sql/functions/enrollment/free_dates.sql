create or replace function enrollment.free_dates(p_section_id bigint, p_dates date[])
returns table (held_on date, places integer)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    if p_dates is null then
        return;
    end if;
    return query
    with free as (
        select d.held_on, count(*) filter (where not p.taken @> d.held_on) as places
        from unnest(p_dates) as d (held_on)
        inner join enrollment.places as p
            on p.studio_id = v_studio_id and p.section_id = p_section_id
        group by d.held_on
    ),

    lapsed as materialized (
        select l.dates
        from enrollment.lapsed_seats(now()) as l
        where l.section_id = p_section_id
    )

    select
        f.held_on,
        (f.places + (select count(*) from lapsed as l where l.dates @> f.held_on))::integer
    from free as f;
end;
$$;
alter function enrollment.free_dates(bigint, date[]) owner to enrollment;
comment on function enrollment.free_dates(bigint, date[]) is
$$How many places of a section are free on each of some dates; lapsed holds count as free.

No rows for a section without places, which is unlimited.$$;
