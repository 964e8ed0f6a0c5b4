create or replace function enrollment.on_section_capacity_set()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family need a place.
set "callboard.family_id" = ''
as $$
declare
    v_capacity constant integer := (new.payload ->> 'capacity')::integer;
    v_places_before integer;
    v_seat record;
    v_place_number integer;
    v_count bigint;
    -- Places that a date lacks.
    v_lacking enrollment.seats [];
begin
    if not (new.payload ->> 'is_new')::boolean then
        -- A seat that this doesn't see would get no place, and one that goes away would keep its
        -- own.
        perform enrollment.release_lapsed(
            p_section_ids => array[new.subject_id], p_wait => true, p_keeps_claims_out => true
        );
    end if;
    v_lacking := array(
        select s::enrollment.seats
        from enrollment.seats as s
        where
            s.studio_id = new.studio_id
            and s.section_id = new.subject_id
            and s.status = 'reserved'
            and s.reason like 'capacity:%'
        order by s.dates, s.place_number desc
    );
    if v_capacity is null then
        perform enrollment.free_seats(array(select l.id from unnest(v_lacking) as l), null);
        update enrollment.seats as s
        set place_number = null
        where s.studio_id = new.studio_id and s.section_id = new.subject_id;
        delete from enrollment.places as p
        where p.studio_id = new.studio_id and p.section_id = new.subject_id;
        -- Now there is a place for everybody who waits.
        if not (new.payload ->> 'is_new')::boolean then
            perform enrollment.offer_places(new.subject_id, now())
            where enrollment.place_goes_to(new.subject_id, null, 'capacity', now()) = 'automatic';
        end if;
        return null;
    end if;
    select coalesce(max(p.place_number), 0) into v_places_before
    from enrollment.places as p
    where p.studio_id = new.studio_id and p.section_id = new.subject_id;
    insert into enrollment.places (studio_id, section_id, place_number)
    select new.studio_id, new.subject_id, n.place_number
    from generate_series(1, v_capacity) as n (place_number)
    on conflict on constraint places_pkey do nothing;
    -- A date that holds fewer goes on holding as many: it lacks fewer places now, or more.
    perform enrollment.free_seats(
        array(
            select l.id
            from (
                select x.id, row_number() over (partition by x.dates order by x.id desc) as number
                from unnest(v_lacking) as x
            ) as l
            where l.number <= v_places_before - v_capacity
        ),
        null
    );
    with lacking as (
        insert into enrollment.seats (
            studio_id, section_id, place_number, dates, status, reason
        )
        select new.studio_id, new.subject_id, n.place_number, l.dates, 'reserved', min(l.reason)
        from unnest(v_lacking) as l
        cross join generate_series(v_places_before + 1, v_capacity) as n (place_number)
        group by n.place_number, l.dates
        returning place_number, dates
    )

    update enrollment.places as p
    set taken = p.taken + k.dates
    from (
        select l.place_number, range_agg(l.dates) as dates
        from lacking as l
        group by l.place_number
    ) as k
    where
        p.studio_id = new.studio_id
        and p.section_id = new.subject_id
        and p.place_number = k.place_number;
    for v_seat in
        select s.id, s.dates
        from enrollment.seats as s
        where
            s.studio_id = new.studio_id
            and s.section_id = new.subject_id
            and (s.place_number is null or s.place_number > v_capacity)
        order by s.id
    loop
        update enrollment.places as p
        set taken = p.taken + v_seat.dates
        where
            p.studio_id = new.studio_id
            and p.section_id = new.subject_id
            and p.place_number = (
                select f.place_number
                from enrollment.places as f
                where
                    f.studio_id = new.studio_id
                    and f.section_id = new.subject_id
                    and f.place_number <= v_capacity
                    and not f.taken && v_seat.dates
                order by f.place_number
                limit 1
            )
        returning p.place_number into v_place_number;
        if v_place_number is null then
            perform ops.fail(
                'capacity_below_taken',
                jsonb_build_object(
                    'section_id', new.subject_id,
                    'capacity', v_capacity,
                    'taken', greatest(
                        v_capacity + 1, enrollment.places_needed(new.subject_id)
                    )
                )
            );
        end if;
        update enrollment.seats as s
        set place_number = v_place_number
        where s.studio_id = new.studio_id and s.id = v_seat.id;
        get diagnostics v_count = row_count;
        perform ops.require_count(v_count, 1, 'seat');
    end loop;
    delete from enrollment.places as p
    where
        p.studio_id = new.studio_id
        and p.section_id = new.subject_id
        and p.place_number > v_capacity;
    if not (new.payload ->> 'is_new')::boolean then
        -- Places that were added go to those who wait, or to staff, before the public.
        perform enrollment.pass_on(
            array(
                select
                    jsonb_populate_record(
                        null::enrollment.seats,
                        jsonb_build_object(
                            'section_id', new.subject_id,
                            'place_number', p.place_number,
                            -- But for those that a date lacks.
                            'dates', n.dates - p.taken
                        )
                    )
                from enrollment.places as p
                inner join catalog.section_spans as n
                    on p.studio_id = n.studio_id and p.section_id = n.section_id
                where
                    p.studio_id = new.studio_id
                    and p.section_id = new.subject_id
                    and p.place_number > v_places_before
                    and not exists (
                        select
                        from enrollment.seats as s
                        where
                            s.studio_id = p.studio_id
                            and s.section_id = p.section_id
                            and s.place_number = p.place_number
                            and coalesce(s.reason not like 'capacity:%', true)
                    )
                    and not isempty(n.dates - p.taken)
            ),
            'capacity'
        );
    end if;
    return null;
end;
$$;
alter function enrollment.on_section_capacity_set() owner to enrollment;
comment on function enrollment.on_section_capacity_set() is
$$Keep as many places as the section has capacity for, each seat on a place of its own.

Raises capacity_below_taken when there are more seats than that.$$;

create or replace trigger _200_on_section_capacity_set
after insert on ops.domain_events
for each row when (new.kind = 'section.capacity_set')
execute function enrollment.on_section_capacity_set();
