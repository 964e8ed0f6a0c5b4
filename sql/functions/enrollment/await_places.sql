create or replace function enrollment.await_places(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_section record;
    v_count bigint;
    v_days constant datemultirange := datemultirange(
        daterange(studio.local_date(now()), null)
    );
begin
    -- By section, so that two families after the same sections can't wait for one another.
    for v_section in
        select
            e.section_id,
            min(k.title) as title,
            min(e.student_id) as student_id,
            bool_and(not isempty(p.dates * v_days)) is true as meets,
            range_agg(p.dates * v_days) as dates,
            bool_and(s.capacity is not null) as is_limited,
            coalesce(bool_or(e.dates is not null), false) as has_dates,
            coalesce(bool_or(e.weekdays is not null), false) as has_weekdays,
            count(*) filter (where e.dates is null and e.weekdays is null) as places
        from enrollment.enrollments as e
        inner join catalog.sections as s on s.studio_id = v_studio_id and e.section_id = s.id
        inner join catalog.classes as k on k.studio_id = v_studio_id and s.class_id = k.id
        left join catalog.section_spans as p
            on p.studio_id = v_studio_id and e.section_id = p.section_id
        where
            e.studio_id = v_studio_id
            and e.family_id = auth.require_family()
            and e.registration_id = p_registration_id
        group by e.section_id
        order by e.section_id
    loop
        if not v_section.meets then
            perform ops.fail(
                'section_not_open',
                jsonb_build_object('section_id', v_section.section_id, 'title', v_section.title)
            );
        end if;
        if v_section.is_limited and v_section.has_weekdays then
            -- Each that has a day left: which of them are wanted, the claim finds out.
            perform
            from enrollment.places as p
            where
                p.studio_id = v_studio_id
                and p.section_id = v_section.section_id
                and not p.taken @> v_section.dates
            order by p.place_number
            for no key update;
        end if;
        if v_section.has_dates then
            perform enrollment.await_dates(
                p_registration_id, v_section.section_id, v_section.title
            );
        end if;
        continue when not v_section.is_limited or v_section.places = 0;
        perform
        from enrollment.places as p
        where
            p.studio_id = v_studio_id
            and p.section_id = v_section.section_id
            and not p.taken && v_section.dates
        order by p.place_number
        limit v_section.places
        for no key update;
        get diagnostics v_count = row_count;
        if v_count < v_section.places then
            perform ops.fail(
                'seat_unavailable',
                enrollment.queue_details(v_section.section_id) || jsonb_build_object(
                    'section_id', v_section.section_id,
                    'title', v_section.title,
                    'student_id', v_section.student_id
                )
            );
        end if;
    end loop;
end;
$$;
alter function enrollment.await_places(bigint) owner to enrollment;
comment on function enrollment.await_places(bigint) is
$$Wait for places that others are just deciding about, and keep as many as a registration needs.

A place passed over because it was locked may come free again. Raises seat_unavailable when there
are not that many, section_not_open for a section without meetings, date_unknown for a date
without.$$;
