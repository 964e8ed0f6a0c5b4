create or replace function catalog.add_meeting(
    p_section_id bigint, p_held_on date, p_starts_at time, p_ends_at time
)
returns catalog.meetings
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_hours constant record := catalog.meeting_hours(
        p_section_id, p_held_on, p_starts_at, p_ends_at, null
    );
    v_meeting catalog.meetings;
begin
    insert into catalog.meetings as m (studio_id, section_id, held_on, starts_at, ends_at)
    values (auth.studio_id(), p_section_id, p_held_on, v_hours.starts_at, v_hours.ends_at)
    -- One that was cancelled then is held after all.
    on conflict on constraint meetings_section_start_key do update
        set status = 'scheduled', cancelled_reason = null, ends_at = excluded.ends_at
    returning m.* into strict v_meeting;
    return v_meeting;
end;
$$;
alter function catalog.add_meeting(bigint, date, time, time) owner to catalog;
grant execute on function catalog.add_meeting(bigint, date, time, time) to enrollment;
comment on function catalog.add_meeting(bigint, date, time, time) is
$$Let a section meet once more, on a local date at hours of the studio; answers the meeting.

The section is locked. A meeting that was cancelled then is held after all. Its trigger tells who
has seats. For enrollment. Raises meeting_times_invalid, section_cancelled,
meeting_outside_term, hour_skipped, date_past, meeting_exists.$$;
