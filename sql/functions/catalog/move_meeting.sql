create or replace function catalog.move_meeting(
    p_meeting_id bigint, p_held_on date, p_starts_at time, p_ends_at time
)
returns catalog.meetings
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_meeting catalog.meetings;
    v_hours record;
begin
    select m.* into strict v_meeting
    from catalog.meetings as m
    where m.studio_id = auth.studio_id() and m.id = p_meeting_id;
    v_hours := catalog.meeting_hours(
        v_meeting.section_id, p_held_on, p_starts_at, p_ends_at, p_meeting_id
    );
    update catalog.meetings as m
    set
        held_on = p_held_on,
        starts_at = v_hours.starts_at,
        ends_at = v_hours.ends_at,
        moved_from = coalesce(m.moved_from, m.held_on)
    where m.studio_id = v_meeting.studio_id and m.id = p_meeting_id
    returning m.* into strict v_meeting;
    return v_meeting;
end;
$$;
alter function catalog.move_meeting(bigint, date, time, time) owner to catalog;
grant execute on function catalog.move_meeting(bigint, date, time, time) to enrollment;
comment on function catalog.move_meeting(bigint, date, time, time) is
$$Hold a meeting on another local date, at other hours of the studio; answers it. It is locked.

Its trigger tells who has seats. For enrollment. Raises meeting_times_invalid,
section_cancelled, meeting_outside_term, hour_skipped, date_past, meeting_exists.$$;
