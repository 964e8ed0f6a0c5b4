create or replace function enrollment.await_dates(
    p_registration_id bigint, p_section_id bigint, p_title text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_dates constant date [] := array(
        select d.held_on
        from enrollment.enrollments as e
        cross join lateral unnest(e.dates) as d (held_on)
        where
            e.studio_id = v_studio_id
            and e.family_id = auth.require_family()
            and e.registration_id = p_registration_id
            and e.section_id = p_section_id
        order by d.held_on
    );
    v_cancelled date [];
    v_full date [];
begin
    v_cancelled := array(
        select u.held_on from enrollment.unavailable_dates(p_section_id, v_dates, '-infinity') as u
    );
    if v_cancelled <> '{}' then
        perform ops.fail(
            'date_unknown',
            jsonb_build_object(
                'section_id', p_section_id,
                'title', p_title,
                'date', studio.dates_text(v_cancelled)
            )
        );
    end if;
    if not exists (
        select
        from enrollment.places as p
        where p.studio_id = v_studio_id and p.section_id = p_section_id
    ) then
        return;
    end if;
    -- Every place that is free on any of the dates, in one order for everybody.
    with kept as (
        select p.taken
        from enrollment.places as p
        where
            p.studio_id = v_studio_id
            and p.section_id = p_section_id
            and not p.taken @> (
                select range_agg(daterange(d.held_on, d.held_on + 1))
                from unnest(v_dates) as d (held_on)
            )
        order by p.place_number
        for no key update
    ),

    wanted as (
        select d.held_on, count(*) as places
        from unnest(v_dates) as d (held_on)
        group by d.held_on
    )

    select array_agg(w.held_on order by w.held_on) into v_full
    from wanted as w
    where w.places > (select count(*) from kept as k where not k.taken @> w.held_on);
    if v_full is not null then
        perform ops.fail(
            'seat_unavailable',
            enrollment.queue_details(p_section_id, v_full) || jsonb_build_object(
                'section_id', p_section_id,
                'title', format('%s on %s', p_title, studio.dates_text(v_full)),
                'dates', to_jsonb(v_full)
            )
        );
    end if;
end;
$$;
alter function enrollment.await_dates(bigint, bigint, text) owner to enrollment;
comment on function enrollment.await_dates(bigint, bigint, text) is
$$Wait for the places of a section on the dates that a registration needs, and keep them.

A part of enrollment.await_places(). Raises seat_unavailable with the dates that are full, and
date_unknown for one that has just been cancelled.$$;
