create or replace function catalog.meeting_hours(
    p_section_id bigint,
    p_held_on date,
    p_starts_at time,
    p_ends_at time,
    p_but_meeting_id bigint,
    out starts_at timestamptz,
    out ends_at timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_section record;
    v_hour time;
begin
    if
        num_nulls(p_held_on, p_starts_at, p_ends_at) > 0
        or p_starts_at >= p_ends_at
    then
        perform ops.fail('meeting_times_invalid');
    end if;
    select s.status, k.title, t.starts_on, t.ends_on, o.timezone into strict v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
    inner join studio.studios as o on s.studio_id = o.id
    where s.studio_id = v_studio_id and s.id = p_section_id;
    -- Nobody is in it any more, and nobody can pick it.
    if v_section.status = 'cancelled' then
        perform ops.fail('section_cancelled', jsonb_build_object('title', v_section.title));
    end if;
    if p_held_on not between v_section.starts_on and v_section.ends_on then
        perform ops.fail(
            'meeting_outside_term',
            jsonb_build_object(
                'title', v_section.title,
                'starts_on', v_section.starts_on,
                'ends_on', v_section.ends_on
            )
        );
    end if;
    starts_at := (p_held_on + p_starts_at) at time zone v_section.timezone;
    ends_at := (p_held_on + p_ends_at) at time zone v_section.timezone;
    -- An hour that the wall does not show comes back as another one.
    v_hour := case
        when starts_at at time zone v_section.timezone <> p_held_on + p_starts_at then p_starts_at
        when ends_at at time zone v_section.timezone <> p_held_on + p_ends_at then p_ends_at
    end;
    if v_hour is not null then
        perform ops.fail(
            'hour_skipped',
            jsonb_build_object('hour', to_char(v_hour, 'HH24:MI'), 'held_on', p_held_on)
        );
    end if;
    if starts_at <= now() then
        perform ops.fail(
            'date_past',
            jsonb_build_object(
                'title', v_section.title, 'date', studio.dates_text(array[p_held_on])
            )
        );
    end if;
    if exists (
        select
        from catalog.meetings as m
        where
            m.studio_id = v_studio_id
            and m.section_id = p_section_id
            and m.id is distinct from p_but_meeting_id
            and (
                (
                    m.status = 'scheduled'
                    and m.starts_at < meeting_hours.ends_at
                    and m.ends_at > meeting_hours.starts_at
                )
                -- Where one was cancelled it can be held after all, but no other one instead.
                or (p_but_meeting_id is not null and m.starts_at = meeting_hours.starts_at)
            )
    ) then
        perform ops.fail('meeting_exists', jsonb_build_object('title', v_section.title));
    end if;
end;
$$;
alter function catalog.meeting_hours(bigint, date, time, time, bigint) owner to catalog;
comment on function catalog.meeting_hours(bigint, date, time, time, bigint) is
$$The instants of a meeting from its local date and hours, if the section can meet then.

Hours are those on the studio's wall; of an hour that comes twice it is the second.
p_but_meeting_id: the meeting itself, when it moves. Raises meeting_times_invalid,
section_cancelled, meeting_outside_term, hour_skipped, date_past, meeting_exists.$$;
