create or replace function enrollment.claim_dates(p_registration_id bigint)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_missing bigint;
begin
    with wanted as (
        select
            e.id as enrollment_id,
            e.student_id,
            e.section_id,
            s.capacity,
            d.held_on,
            m.during,
            row_number() over (partition by e.section_id, d.held_on order by e.id) as number,
            count(*) over (partition by e.section_id, d.held_on) as places,
            ceil(random() * s.capacity)::integer as first_place
        from enrollment.enrollments as e
        inner join catalog.sections as s on s.studio_id = v_studio_id and e.section_id = s.id
        cross join lateral unnest(e.dates) as d (held_on)
        cross join lateral (
            select range_agg(tstzrange(x.starts_at, x.ends_at)) as during
            from catalog.meetings as x
            where
                x.studio_id = v_studio_id
                and x.section_id = e.section_id
                and x.held_on = d.held_on
                and x.status = 'scheduled'
        ) as m
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.registration_id = p_registration_id
            and not exists (
                select
                from enrollment.seats as x
                where
                    x.studio_id = v_studio_id
                    and x.family_id = v_family_id
                    and x.enrollment_id = e.id
                    and x.dates @> d.held_on
            )
    ),

    -- Each begins to look somewhere else and comes round, as with whole sections.
    picked as (
        select
            w.section_id,
            w.held_on,
            r.place_number,
            row_number() over (
                partition by w.section_id, w.held_on order by r.place_number
            ) as number
        from wanted as w
        cross join lateral (
            select p.place_number
            from enrollment.places as p
            where
                p.studio_id = v_studio_id
                and p.section_id = w.section_id
                and not p.taken @> w.held_on
            -- What is free throughout stays so for whoever wants the whole class.
            order by isempty(p.taken), p.place_number < w.first_place, p.place_number
            limit w.places
            for no key update skip locked
        ) as r
        where w.number = 1 and w.capacity is not null and w.during is not null
    ),

    -- The locked rows themselves change, so whoever comes second sees what is left of them. One
    -- place may serve several dates.
    claimed as (
        update enrollment.places as p
        set taken = p.taken + c.dates
        from (
            select
                k.section_id,
                k.place_number,
                range_agg(daterange(k.held_on, k.held_on + 1)) as dates
            from picked as k
            group by k.section_id, k.place_number
        ) as c
        where
            p.studio_id = v_studio_id
            and p.section_id = c.section_id
            and p.place_number = c.place_number
        returning p.section_id, p.place_number
    ),

    seated as (
        insert into enrollment.seats (
            studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates,
            during
        )
        select
            v_studio_id,
            v_family_id,
            w.enrollment_id,
            w.student_id,
            w.section_id,
            c.place_number,
            datemultirange(daterange(w.held_on, w.held_on + 1)),
            w.during
        from wanted as w
        left join picked as k
            on
                w.section_id = k.section_id
                and w.held_on = k.held_on
                and w.number = k.number
        left join claimed as c
            on k.section_id = c.section_id and k.place_number = c.place_number
        where w.during is not null and (w.capacity is null or c.place_number is not null)
        returning enrollment_id
    )

    select (select count(*) from wanted) - (select count(*) from seated) into v_missing;
    return v_missing;
end;
$$;
alter function enrollment.claim_dates(bigint) owner to enrollment;
comment on function enrollment.claim_dates(bigint) is
$$Take a place and a seat for each picked date of a registration; answers how many got none.

A part of enrollment.claim_seats(), which gives back what was got when not all was.$$;
