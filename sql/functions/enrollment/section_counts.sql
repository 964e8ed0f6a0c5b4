create or replace function enrollment.section_counts()
returns table (
    section_id bigint,
    held_on date,
    capacity integer,
    confirmed integer,
    held integer,
    offered integer,
    reserved integer,
    open integer,
    waiting integer
)
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
begin
    return query
    with lapsed as materialized (
        select l.id from enrollment.lapsed_seats(now()) as l
    ),

    -- A row for each section as a whole (held_on null), and one for each date it meets on.
    days as (
        select distinct m.section_id, m.held_on, s.capacity
        from catalog.meetings as m
        inner join catalog.sections as s on m.studio_id = s.studio_id and m.section_id = s.id
        where m.studio_id = v_studio_id and m.status = 'scheduled'
        union all
        select s.id, null, s.capacity
        from catalog.sections as s
        where s.studio_id = v_studio_id
    ),

    -- A lapsed hold is nobody's any more.
    seats as (
        select x.section_id, x.status, x.dates, x.enrollment_id, x.id
        from enrollment.seats as x
        where x.studio_id = v_studio_id and not exists (select from lapsed as l where l.id = x.id)
    ),

    by_day as (
        select x.section_id, d.held_on, x.status, count(*)::integer as seats
        from seats as x
        cross join lateral unnest(x.dates) as r (dates)
        cross join lateral (
            select lower(r.dates) + n.number as held_on
            from generate_series(0, upper(r.dates) - lower(r.dates) - 1) as n (number)
        ) as d
        group by x.section_id, d.held_on, x.status
        union all
        -- As a whole: how many students, however many dates each of them has.
        select x.section_id, null, x.status, count(distinct coalesce(x.enrollment_id, -x.id))::integer
        from seats as x
        group by x.section_id, x.status
    ),

    counted as (
        select
            b.section_id,
            b.held_on,
            coalesce(sum(b.seats) filter (where b.status = 'confirmed'), 0)::integer as confirmed,
            coalesce(sum(b.seats) filter (where b.status = 'held'), 0)::integer as held,
            coalesce(sum(b.seats) filter (where b.status = 'offered'), 0)::integer as offered,
            coalesce(sum(b.seats) filter (where b.status = 'reserved'), 0)::integer as reserved
        from by_day as b
        group by b.section_id, b.held_on
    ),

    waiting as (
        select w.section_id, w.held_on, count(*)::integer as students
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.status = 'waiting'
        group by w.section_id, w.held_on
    ),

    -- Free throughout, counting as free what lapsed holds take.
    free as (
        select p.section_id, count(*)::integer as places
        from enrollment.places as p
        where
            p.studio_id = v_studio_id
            and not p.taken && (
                select n.dates * datemultirange(daterange(studio.local_date(now()), null))
                from catalog.section_spans as n
                where n.studio_id = v_studio_id and n.section_id = p.section_id
            )
        group by p.section_id
    ),

    freed as (
        select x.section_id, count(distinct x.place_number)::integer as places
        from enrollment.seats as x
        inner join lapsed as l on x.id = l.id
        where
            x.studio_id = v_studio_id
            and x.place_number is not null
            and not exists (
                select
                from enrollment.seats as o
                where
                    o.studio_id = v_studio_id
                    and o.section_id = x.section_id
                    and o.place_number = x.place_number
                    and not exists (select from lapsed as l where l.id = o.id)
            )
        group by x.section_id
    )

    select
        d.section_id,
        d.held_on,
        d.capacity,
        coalesce(c.confirmed, 0),
        coalesce(c.held, 0),
        coalesce(c.offered, 0),
        coalesce(c.reserved, 0),
        case
            when d.capacity is null then null
            when d.held_on is null then coalesce(f.places, 0) + coalesce(g.places, 0)
            else
                d.capacity - coalesce(c.confirmed, 0) - coalesce(c.held, 0)
                - coalesce(c.offered, 0) - coalesce(c.reserved, 0)
        end,
        coalesce(w.students, 0)
    from days as d
    left join counted as c
        on d.section_id = c.section_id and d.held_on is not distinct from c.held_on
    left join waiting as w
        on d.section_id = w.section_id and d.held_on is not distinct from w.held_on
    left join free as f on d.section_id = f.section_id
    left join freed as g on d.section_id = g.section_id;
end;
$$;
alter function enrollment.section_counts() owner to enrollment;
grant execute on function enrollment.section_counts() to staff;
comment on function enrollment.section_counts() is
$$How full each section of the studio is, as a whole and on each date it meets on, in one pass.

For staff, through the view api.section_counts.$$;
