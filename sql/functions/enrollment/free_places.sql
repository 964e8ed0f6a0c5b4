create or replace function enrollment.free_places(
    p_section_ids bigint[], p_held_on date default null
)
returns table (section_id bigint, places integer)
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
    if p_section_ids is null then
        return;
    end if;
    -- Asked for by themselves: there are few at any time, whatever is held, and mostly none.
    select array_agg(r.id), array_agg(r.family_id) into v_lapsed_ids, v_family_ids
    from enrollment.lapsed_registrations(now()) as r
    where r.studio_id = v_studio_id;
    return query
    -- One look-up leads to the next, in this order: joined, or with sections or the status as a
    -- condition, all that is held could be read first.
    with lapsed as materialized (
        select x.section_id, x.seats
        from unnest(v_lapsed_ids, v_family_ids) as l (id, family_id)
        cross join lateral (
            select
                e.section_id,
                sum(
                    (
                        select
                            count(*) filter (
                                where
                                s.status = 'held' and (p_held_on is null or s.dates @> p_held_on)
                            )
                        from enrollment.seats as s
                        where
                            s.studio_id = v_studio_id
                            and s.family_id = l.family_id
                            and s.enrollment_id = e.id
                    )
                ) as seats
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.family_id = l.family_id
                and e.registration_id = l.id
            group by e.section_id
        ) as x
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
            + coalesce((select sum(l.seats) from lapsed as l where l.section_id = p.section_id), 0)
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
