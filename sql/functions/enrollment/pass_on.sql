create or replace function enrollment.pass_on(p_freed enrollment.seats[], p_cause text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- A place that a family gave up goes to another one.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_freed record;
    v_goes_to text;
begin
    for v_freed in
        select
            f.section_id,
            f.place_number,
            f.dates,
            case when upper(f.dates) - lower(f.dates) = 1 then lower(f.dates) end as held_on
        from unnest(p_freed) as f
        where f.place_number is not null
        order by f.section_id, f.place_number, f.dates
    loop
        if enrollment.is_waited_for(v_freed.section_id, v_freed.dates) then
            perform ops.emit(
                'place.freed',
                v_freed.section_id,
                null,
                jsonb_build_object(
                    'section_id', v_freed.section_id, 'held_on', v_freed.held_on, 'cause', p_cause
                )
            );
        end if;
        v_goes_to := enrollment.place_goes_to(
            v_freed.section_id, v_freed.held_on, p_cause, now()
        );
        if
            v_goes_to = 'reserve'
            or (
                v_goes_to = 'manual'
                and enrollment.is_waited_for(v_freed.section_id, v_freed.dates)
            )
        then
            update enrollment.places as p
            set taken = p.taken + v_freed.dates
            where
                p.studio_id = v_studio_id
                and p.section_id = v_freed.section_id
                and p.place_number = v_freed.place_number
                and not p.taken && v_freed.dates;
            continue when not found;
            insert into enrollment.seats (
                studio_id, section_id, place_number, dates, status, reason
            )
            values (
                v_studio_id, v_freed.section_id, v_freed.place_number, v_freed.dates, 'reserved',
                'freed:' || p_cause
            );
            perform ops.emit(
                'place.reserved',
                v_freed.section_id,
                null,
                jsonb_build_object(
                    'section_id', v_freed.section_id, 'held_on', v_freed.held_on, 'cause', p_cause
                )
            );
        end if;
    end loop;
    perform enrollment.offer_places(q.section_id, now())
    from (
        select distinct f.section_id
        from unnest(p_freed) as f
        where f.place_number is not null
        order by f.section_id
    ) as q
    where
        enrollment.place_goes_to(q.section_id, null, p_cause, now()) = 'automatic'
        and enrollment.is_waited_for(q.section_id);
end;
$$;
alter function enrollment.pass_on(enrollment.seats[], text) owner to enrollment;
comment on function enrollment.pass_on(enrollment.seats[], text) is
$$Give places that seats left to those who wait, or to staff, before the public sees them.

The end of every act that frees places, in its transaction; by setting and cause (lapse, cancel,
refund, capacity). The queues are locked by the caller.$$;
