create or replace function api.cancel_meeting(
    meeting_id bigint, reason text, preview boolean default false
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
    v_now catalog.meetings;
    v_before enrollment.seats [];
    v_answer jsonb;
begin
    perform auth.require('staff');
    if coalesce(length(btrim(cancel_meeting.reason)) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    end if;
    begin
        v_meeting := catalog.lock_meeting(cancel_meeting.meeting_id);
        perform enrollment.keep_claims_out(v_meeting.section_id);
        v_before := enrollment.seats_of(v_meeting.section_id);
        perform catalog.cancel_meeting(v_meeting.id, btrim(cancel_meeting.reason));
        select m.* into strict v_now
        from catalog.meetings as m
        where m.studio_id = v_meeting.studio_id and m.id = v_meeting.id;
        v_answer := enrollment.meeting_answer(
            'meeting.cancelled', v_meeting, v_now, v_before, btrim(cancel_meeting.reason)
        );
        perform ops.undo_preview(cancel_meeting.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.cancel_meeting(bigint, text, boolean) owner to enrollment;
grant execute on function api.cancel_meeting(bigint, text, boolean) to staff;
comment on function api.cancel_meeting(bigint, text, boolean) is
$$Cancel one meeting of a section, with a reason of at most 500 characters; families are told.

Seats of the section lose the meeting, and the student is free at its time. A seat for that date
alone ends (effect: ended): the enrollment stays as it is, and its money is for staff to settle. An
offer for that date ends, too. preview: answer what would come of it and change nothing. For staff.
Answers {meeting_id, section_id, title, status, held_on, starts_at, ends_at, seats: {changed, added,
ended}, students: [{student_id, student, family_id, family, enrollment_id, status, effect}], offers:
[{waitlist_entry_id, student_id, student, family_id, family}], places_free, places_free_on_date}.
Errors: reason_required, meeting_not_found, meeting_cancelled.$$;
