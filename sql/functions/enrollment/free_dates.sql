create or replace function enrollment.free_dates(p_section_id bigint, p_dates date[])
returns table (held_on date, places integer)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family count.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_lapsed_ids bigint [];
    v_family_ids bigint [];
begin
    -- As in enrollment.free_places().
    select array_agg(r.id), array_agg(r.family_id) into v_lapsed_ids, v_family_ids
    from enrollment.lapsed_registrations(now()) as r
    where r.studio_id = v_studio_id;
    return query
    with free as (
        select d.held_on, count(*) filter (where not p.taken @> d.held_on) as places
        from unnest(p_dates) as d (held_on)
        inner join enrollment.places as p
            on p.studio_id = v_studio_id and p.section_id = p_section_id
        group by d.held_on
    ),

    lapsed as materialized (
        select x.section_id, h.dates
        from unnest(v_lapsed_ids, v_family_ids) as l (id, family_id)
        cross join lateral (
            select
                e.section_id,
                (
                    select array_agg(s.dates) filter (where s.status = 'held')
                    from enrollment.seats as s
                    where
                        s.studio_id = v_studio_id
                        and s.family_id = l.family_id
                        and s.enrollment_id = e.id
                ) as seats
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.family_id = l.family_id
                and e.registration_id = l.id
            group by e.section_id, e.id
        ) as x
        cross join unnest(x.seats) as h (dates)
    )

    select
        f.held_on,
        (
            f.places
            + (
                select count(*)
                from lapsed as l
                where l.section_id = p_section_id and l.dates @> f.held_on
            )
        )::integer
    from free as f;
end;
$$;
alter function enrollment.free_dates(bigint, date[]) owner to enrollment;
comment on function enrollment.free_dates(bigint, date[]) is
$$How many places of a section are free on each of some dates; lapsed holds count as free.

No rows for a section without places, which is unlimited.$$;
