create or replace function enrollment.places_needed(
    p_section_id bigint, p_held_on date default null
)
returns integer
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family count.
set "callboard.family_id" = ''
as $$
begin
    return (
        select coalesce(max(n.seats), 0)::integer
        from (
            select count(*) as seats
            from enrollment.seats as s
            cross join lateral unnest(s.dates) as r (dates)
            cross join lateral (
                select lower(r.dates) + n.number as held_on
                from generate_series(0, upper(r.dates) - lower(r.dates) - 1) as n (number)
            ) as d
            where
                s.studio_id = auth.studio_id()
                and s.section_id = p_section_id
                and d.held_on = coalesce(p_held_on, d.held_on)
                -- What a date lacks is nobody's.
                and coalesce(s.reason not like 'capacity:%', true)
            group by d.held_on
        ) as n
    );
end;
$$;
alter function enrollment.places_needed(bigint, date) owner to enrollment;
comment on function enrollment.places_needed(bigint, date) is
$$How many places of a section are taken on one date or on its fullest one, by students or staff.

Those that a date lacks (api.set_date_capacity) are not taken by anybody.$$;
