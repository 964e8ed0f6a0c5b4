create or replace function api.move_meeting(
    meeting_id bigint,
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
    v_meeting catalog.meetings;
    v_before enrollment.seats [];
    v_answer jsonb;
begin
    perform auth.require('staff');
    begin
        v_meeting := catalog.lock_meeting(move_meeting.meeting_id);
        perform enrollment.keep_claims_out(v_meeting.section_id);
        v_before := enrollment.seats_of(v_meeting.section_id);
        v_answer := enrollment.meeting_answer(
            'meeting.moved',
            v_meeting,
            catalog.move_meeting(
                v_meeting.id, move_meeting.held_on, move_meeting.starts_at, move_meeting.ends_at
            ),
            v_before
        );
        perform ops.undo_preview(move_meeting.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.move_meeting(bigint, date, time, time, boolean) owner to enrollment;
grant execute on function api.move_meeting(bigint, date, time, time, boolean) to staff;
comment on function api.move_meeting(bigint, date, time, time, boolean) is
$$Hold one meeting of a section on another local date, or at other hours; families are told.

starts_at, ends_at: hours on the studio's wall, on one day. The meeting keeps its id, and its
weekday for those who have only some. Seats follow: what was bought for the date goes along, on
another place where its own is taken. Refused where a student would be in two classes at once, but
for what staff waived. preview: answer what would come of it and change nothing. For staff.
Answers as cancel_meeting. Errors: meeting_not_found, meeting_cancelled, section_cancelled,
meeting_times_invalid, meeting_outside_term, hour_skipped, date_past, meeting_exists,
meeting_clashes (details: clashes: [{student_id, student, family_id, section_id, title}]),
meeting_has_no_room, section_has_seats.$$;
