create or replace function api.cancel_meeting(
    meeting_id bigint,
    reason text,
    preview boolean default false,
    credit_minor bigint default null
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
    v_reason constant text := btrim(regexp_replace(cancel_meeting.reason, '\s+', ' ', 'g'));
    v_meeting catalog.meetings;
    v_now catalog.meetings;
    v_before enrollment.seats [];
    v_answer jsonb;
    v_enrollment record;
    v_credits bigint [] := array[]::bigint [];
    v_waiting bigint [];
begin
    perform auth.require('staff');
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    elsif cancel_meeting.credit_minor not between 1 and 99999999999 then
        perform ops.fail('credit_invalid');
    end if;
    begin
        v_meeting := catalog.lock_meeting(cancel_meeting.meeting_id);
        perform enrollment.keep_claims_out(v_meeting.section_id);
        v_before := enrollment.seats_of(v_meeting.section_id);
        v_waiting := array(
            select w.id
            from enrollment.waitlist_entries as w
            where
                w.studio_id = v_meeting.studio_id
                and w.section_id = v_meeting.section_id
                and w.status = 'waiting'
                and w.held_on = v_meeting.held_on
        );
        perform catalog.cancel_meeting(v_meeting.id, v_reason);
        select m.* into strict v_now
        from catalog.meetings as m
        where m.studio_id = v_meeting.studio_id and m.id = v_meeting.id;
        v_answer := enrollment.meeting_answer(
            'meeting.cancelled', v_meeting, v_now, v_before, v_reason
        );
        -- For each student who would have come.
        for v_enrollment in
            select e.family_id, e.registration_id, e.id
            from unnest(v_before) as b
            inner join enrollment.enrollments as e
                on
                    b.studio_id = e.studio_id
                    and b.family_id = e.family_id
                    and b.enrollment_id = e.id
            where
                cancel_meeting.credit_minor is not null
                and b.status = 'confirmed'
                and b.dates @> v_meeting.held_on
            order by e.id
        loop
            v_credits := v_credits || pricing.keep_credit(
                v_enrollment.family_id, cancel_meeting.credit_minor,
                v_reason, v_enrollment.registration_id
            );
        end loop;
        v_answer := v_answer || jsonb_build_object(
            'waiting_ended', (
                select count(*)
                from enrollment.waitlist_entries as w
                where
                    w.studio_id = v_meeting.studio_id
                    and w.id = any(v_waiting)
                    and w.status = 'expired'
            ),
            'credits', cardinality(v_credits),
            'given_back_minor', cardinality(v_credits) * coalesce(cancel_meeting.credit_minor, 0)
        );
        perform ops.undo_preview(cancel_meeting.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.cancel_meeting(bigint, text, boolean, bigint) owner to enrollment;
grant execute on function api.cancel_meeting(bigint, text, boolean, bigint) to staff;
comment on function api.cancel_meeting(bigint, text, boolean, bigint) is
$$Cancel one meeting of a section, with a reason of at most 500 characters; families are told.

Seats of the section lose the meeting, and the student is free at its time. A seat for that date
alone ends (effect: ended): the enrollment stays as it is, and its money is for staff to settle.
An offer for that date ends, too, and who waits for it waits no longer. credit_minor: minor units
that each student who would have come is given as a credit, for all in one step. preview: answer
what would come of it and change nothing. For staff. Answers {meeting_id, section_id, title, status,
held_on, starts_at, ends_at, seats: {changed, added, ended}, students: [{student_id, student,
family_id, family, enrollment_id, status, effect}], offers: [{waitlist_entry_id, student_id,
student, family_id, family}], places_free, places_free_on_date, waiting_ended (how many waited),
credits (how many), given_back_minor (together)}. Errors: reason_required, credit_invalid,
meeting_not_found, meeting_cancelled.$$;
