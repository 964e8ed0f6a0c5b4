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
begin
    if p_section_ids is null then
        return;
    end if;
    -- Asked for by themselves: there are few at any time, whatever is held, and mostly none.
    v_lapsed_ids := array(
        select r.id from enrollment.lapsed_registrations(now()) as r where r.studio_id = v_studio_id
    );
    return query
    with lapsed as (
        select e.section_id, count(*) as seats
        from unnest(v_lapsed_ids) as l (registration_id)
        inner join enrollment.registrations as r
            on r.studio_id = v_studio_id and l.registration_id = r.id
        inner join enrollment.enrollments as e
            on
                r.studio_id = e.studio_id
                and r.family_id = e.family_id
                and r.id = e.registration_id
        inner join enrollment.seats as s
            on
                e.studio_id = s.studio_id
                and e.family_id = s.family_id
                and e.student_id = s.student_id
                and e.section_id = s.section_id
                and e.id = s.enrollment_id
        where
            v_lapsed_ids <> '{}'
            and e.section_id = any(p_section_ids)
            and s.status = 'held'
            and (p_held_on is null or s.dates @> p_held_on)
        group by e.section_id
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
