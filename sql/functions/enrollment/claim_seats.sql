create or replace function enrollment.claim_seats(p_registration_id bigint)
returns void
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
    v_has_dates boolean;
begin
    -- Whoever changes a section's capacity or times keeps claims out meanwhile.
    lock table enrollment.seats in row exclusive mode;
    for v_pass in 1..2
    loop
        begin
            with enrolled as (
                select e.id, e.student_id, e.section_id, e.tier_id, e.dates
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.family_id = v_family_id
                    and e.registration_id = p_registration_id
            ),

            wanted as (
                select
                    e.id as enrollment_id,
                    e.student_id,
                    e.section_id,
                    s.capacity,
                    p.dates,
                    case
                        when e.tier_id is null then p.during
                        else catalog.tier_minutes(e.section_id, e.tier_id)
                    end as during,
                    row_number() over (partition by e.section_id order by e.id) as number,
                    count(*) over (partition by e.section_id) as places,
                    ceil(random() * s.capacity)::integer as first_place
                from enrolled as e
                inner join catalog.sections as s
                    on s.studio_id = v_studio_id and e.section_id = s.id
                left join catalog.section_spans as p
                    on p.studio_id = v_studio_id and e.section_id = p.section_id
                where e.dates is null
            ),

            -- Each begins to look somewhere else and comes round, not all at the same place.
            picked as (
                select w.section_id, w.dates, r.place_number
                from wanted as w
                cross join lateral (
                    select a.place_number
                    from (
                        select p.place_number
                        from enrollment.places as p
                        where
                            p.studio_id = v_studio_id
                            and p.section_id = w.section_id
                            and p.place_number >= w.first_place
                            and isempty(p.taken)
                        order by p.place_number
                        for no key update skip locked
                    ) as a
                    union all
                    select b.place_number
                    from (
                        select p.place_number
                        from enrollment.places as p
                        where
                            p.studio_id = v_studio_id
                            and p.section_id = w.section_id
                            and p.place_number < w.first_place
                            and isempty(p.taken)
                        order by p.place_number
                        for no key update skip locked
                    ) as b
                    limit w.places
                ) as r
                where w.number = 1 and w.capacity is not null and w.dates is not null
            ),

            -- The locked rows themselves change, so whoever comes second sees that they are gone.
            claimed as (
                update enrollment.places as p
                set taken = c.dates
                from picked as c
                where
                    p.studio_id = v_studio_id
                    and p.section_id = c.section_id
                    and p.place_number = c.place_number
                returning p.section_id, p.place_number
            ),

            numbered as (
                select
                    c.section_id,
                    c.place_number,
                    row_number() over (
                        partition by c.section_id order by c.place_number
                    ) as number
                from claimed as c
            ),

            seated as (
                insert into enrollment.seats (
                    studio_id, family_id, enrollment_id, student_id, section_id, place_number,
                    dates, during
                )
                select
                    v_studio_id,
                    v_family_id,
                    w.enrollment_id,
                    w.student_id,
                    w.section_id,
                    n.place_number,
                    w.dates,
                    w.during
                from wanted as w
                left join numbered as n on w.section_id = n.section_id and w.number = n.number
                where
                    w.dates is not null
                    and (w.capacity is null or n.place_number is not null)
                returning enrollment_id
            )

            select
                (select count(*) from wanted) - (select count(*) from seated),
                exists (select from enrolled as e where e.dates is not null)
            into v_missing, v_has_dates;
            if v_has_dates then
                v_missing := v_missing + enrollment.claim_dates(p_registration_id);
            end if;
            if v_missing = 0 then
                return;
            end if;
            -- Give back what was got before waiting: two families after the same sections would
            -- otherwise wait for one another.
            raise no_data_found;
        exception
            when no_data_found then null;
        end;
        if v_pass = 1 then
            perform enrollment.await_places(p_registration_id);
        end if;
    end loop;
    perform ops.require_count(v_missing, 0, 'enrollments without a seat');
end;
$$;
alter function enrollment.claim_seats(bigint) owner to enrollment;
comment on function enrollment.claim_seats(bigint) is
$$Take a place and a seat for each enrollment of a registration, for each date of those by date.

All of them or an error. Raises seat_unavailable, section_not_open and date_unknown, and
schedule_conflict through the trigger on seats.$$;
