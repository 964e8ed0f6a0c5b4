create or replace function api.add_meeting(
    section_id bigint,
    held_on date,
    starts_at time,
    ends_at time,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_section catalog.sections;
    v_before enrollment.seats [];
    v_answer jsonb;
begin
    perform auth.require('staff');
    begin
        v_section := catalog.lock_section(add_meeting.section_id, add_meeting.held_on);
        perform enrollment.keep_claims_out(v_section.id);
        v_before := enrollment.seats_of(v_section.id);
        v_answer := enrollment.meeting_answer(
            'meeting.added',
            null,
            catalog.add_meeting(
                v_section.id, add_meeting.held_on, add_meeting.starts_at, add_meeting.ends_at
            ),
            v_before
        );
        perform ops.undo_preview(add_meeting.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.add_meeting(bigint, date, time, time, boolean) owner to enrollment;
grant execute on function api.add_meeting(bigint, date, time, time, boolean) to staff;
comment on function api.add_meeting(bigint, date, time, time, boolean) is
$$Let a section meet once more, on a local date of its term at hours on the studio's wall.

Whoever has the whole section, a tier of it or the weekday has the meeting, too, and so has
whoever bought the date before it was cancelled. A meeting that was cancelled at that time is held
after all, under its id. preview: answer what would come of it and change nothing. For staff.
Answers as cancel_meeting. Errors: section_not_found, section_cancelled, meeting_times_invalid,
meeting_outside_term, hour_skipped, date_past, meeting_exists, meeting_clashes (details: clashes),
meeting_has_no_room.$$;
