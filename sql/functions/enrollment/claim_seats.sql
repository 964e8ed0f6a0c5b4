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
    v_attached bigint [];
    v_today constant date := studio.local_date(now());
    -- What is over needs no place. Of today's it is all.
    v_days constant datemultirange := datemultirange(daterange(v_today, null));
    v_hours constant tstzmultirange := enrollment.hours_from(v_today);
    v_has_weekdays boolean;
begin
    -- Whoever changes a section's capacity or times keeps claims out meanwhile.
    lock table enrollment.seats in row exclusive mode;
    v_attached := enrollment.attach_seats(p_registration_id);
    for v_pass in 1..2
    loop
        begin
            with wanted as (
                select
                    e.id as enrollment_id,
                    e.student_id,
                    e.section_id,
                    e.dates is not null as is_by_date,
                    e.dates is not null or e.weekdays is not null as is_apart,
                    s.capacity,
                    nullif(p.dates * v_days, '{}') as dates,
                    v_hours * case
                        when e.tier_id is null then p.during
                        else catalog.tier_minutes(e.section_id, e.tier_id)
                    end as during,
                    row_number() over of_section as number,
                    count(*) over of_section as places,
                    ceil(random() * s.capacity)::integer as first_place
                from enrollment.enrollments as e
                inner join catalog.sections as s
                    on s.studio_id = v_studio_id and e.section_id = s.id
                left join catalog.section_spans as p
                    on p.studio_id = v_studio_id and e.section_id = p.section_id
                where
                    e.studio_id = v_studio_id
                    and e.family_id = v_family_id
                    and e.registration_id = p_registration_id
                    and e.id <> all(v_attached)
                window of_section as (
                    partition by e.section_id, e.dates is not null, e.weekdays is not null
                )
            ),

            -- Free places of each section, for all of its students. Each checkout begins to look
            -- somewhere else and comes round, not all at the same place.
            picked as (
                select w.section_id, w.dates, f.place_number
                from wanted as w
                cross join lateral (
                    select r.place_number
                    from (
                        values (w.first_place, w.capacity), (1, w.first_place - 1)
                    ) as b (lowest, highest)
                    cross join lateral (
                        select p.place_number
                        from enrollment.places as p
                        where
                            p.studio_id = v_studio_id
                            and p.section_id = w.section_id
                            and p.place_number between b.lowest and b.highest
                            and isempty(p.taken)
                        order by p.place_number
                        limit w.places
                        for no key update skip locked
                    ) as r
                    union all
                    -- Only where there are too few of these: places that are taken on days that
                    -- are over.
                    select r.place_number
                    from (
                        select p.place_number
                        from enrollment.places as p
                        where
                            p.studio_id = v_studio_id
                            and p.section_id = w.section_id
                            and not isempty(p.taken)
                            and not p.taken && w.dates
                        order by p.place_number
                        limit w.places
                        for no key update skip locked
                    ) as r
                    limit w.places
                ) as f
                where
                    w.number = 1
                    and not w.is_apart
                    and w.capacity is not null
                    and w.dates is not null
            ),

            -- The locked rows themselves change, so whoever comes second sees that they are gone.
            claimed as (
                update enrollment.places as p
                set taken = p.taken + k.dates
                from picked as k
                where
                    p.studio_id = v_studio_id
                    and p.section_id = k.section_id
                    and p.place_number = k.place_number
                returning p.section_id, p.place_number
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
                    c.place_number,
                    w.dates,
                    w.during
                from wanted as w
                cross join lateral (
                    select (array_agg(x.place_number))[w.number] as place_number
                    from claimed as x
                    where x.section_id = w.section_id
                ) as c
                where
                    not w.is_apart
                    and w.dates is not null
                    and (w.capacity is null or c.place_number is not null)
                returning enrollment_id
            )

            select
                count(*) filter (where not w.is_apart) - (select count(*) from seated),
                coalesce(bool_or(w.is_by_date), false),
                coalesce(bool_or(w.is_apart and not w.is_by_date), false)
            into v_missing, v_has_dates, v_has_weekdays
            from wanted as w;
            if v_has_weekdays and v_missing = 0 then
                v_missing := enrollment.claim_weekdays(
                    p_registration_id, v_attached, v_today, v_pass = 2
                );
            end if;
            if v_has_dates and v_missing = 0 then
                v_missing := enrollment.claim_dates(p_registration_id);
            end if;
            if v_missing = 0 then
                return;
            end if;
            -- Give back what was got before waiting: two families after the same sections would
            -- otherwise wait for one another.
            raise no_data_found;
        exception
            when no_data_found then null;
            when exclusion_violation then
                -- The constraint says only that there is a clash; the cart says which.
                -- What else it says has been acknowledged or overridden.
                perform enrollment.refuse_findings(
                    jsonb_path_query_array(
                        enrollment.cart_findings(r.cart_id, now(), false),
                        '$[*] ? (@.code == "schedule_conflict" || @.code == "already_enrolled")'
                    )
                )
                from enrollment.registrations as r
                where
                    r.studio_id = v_studio_id
                    and r.family_id = v_family_id
                    and r.id = p_registration_id;
                raise;
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

What the cart, an offer or staff hold for its students already is taken over.

All of them or an error. Raises seat_unavailable, section_not_open and date_unknown, and what the
cart's findings say of a clash.$$;
