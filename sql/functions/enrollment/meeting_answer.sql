create or replace function enrollment.meeting_answer(
    p_kind text,
    p_meeting catalog.meetings,
    p_now catalog.meetings,
    p_before enrollment.seats[],
    p_reason text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The families that it is told to.
set "callboard.family_id" = ''
as $$
declare
    v_changes constant jsonb := enrollment.seat_changes(
        p_now.section_id, p_before, p_now.held_on
    );
begin
    perform ops.emit(
        p_kind,
        p_now.id,
        null,
        jsonb_build_object(
            'section_id', p_now.section_id,
            'was_at', p_meeting.starts_at,
            'starts_at', p_now.starts_at,
            'reason', p_reason,
            'account_id', auth.account_id(),
            -- Those who are enrolled, or about to be, and for whom something is different.
            'family_ids', (
                select coalesce(jsonb_agg(distinct s.value -> 'family_id'), '[]')
                from jsonb_array_elements(v_changes -> 'students') as s
                where s.value ->> 'enrollment_id' is not null
            )
        )
    );
    return jsonb_build_object(
        'meeting_id', p_now.id,
        'section_id', p_now.section_id,
        'title', enrollment.section_title(p_now.section_id),
        'status', p_now.status,
        'held_on', p_now.held_on,
        'starts_at', p_now.starts_at,
        'ends_at', p_now.ends_at
    )
    || v_changes;
end;
$$;
alter function enrollment.meeting_answer(
    text, catalog.meetings, catalog.meetings, enrollment.seats[], text
) owner to enrollment;
comment on function enrollment.meeting_answer(
    text, catalog.meetings, catalog.meetings, enrollment.seats[], text
) is
$$Tell what became of a meeting (meeting.cancelled, .moved, .added); answer what it did to seats.

p_meeting: as it was; null: it is new. p_before: the seats that the section had.$$;
