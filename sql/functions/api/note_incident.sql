create or replace function api.note_incident(
    incident text, status text, note text default null, last_at timestamptz default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_note constant text
    := nullif(btrim(regexp_replace(note_incident.note, '\s+', ' ', 'g')), '');
    v_rank integer;
    v_incident record;
begin
    perform auth.require('staff');
    v_rank := payment.note_rank(note_incident.status);
    -- What is new nobody has noted anything of.
    if coalesce(v_rank, 1) = 1 then
        perform ops.fail('incident_status_unknown');
    elsif length(v_note) > 500 or (note_incident.status = 'wont_fix' and v_note is null) then
        perform ops.fail('reason_required');
    end if;
    select i.* into v_incident
    from payment.incidents() as i
    where i.incident = note_incident.incident;
    if not found then
        perform ops.fail('incident_not_found');
    elsif v_incident.lane = 'developer' then
        perform auth.require('manager');
    end if;
    if v_incident.last_at <> note_incident.last_at then
        perform ops.fail(
            'incident_changed', jsonb_build_object('last_at', v_incident.last_at)
        );
    elsif v_rank < payment.note_rank(v_incident.status) then
        perform ops.fail(
            'incident_status_passed', jsonb_build_object('status', v_incident.status)
        );
    end if;
    insert into payment.incident_notes (
        studio_id, family_id, incident, since, last_at, act, note, noted_by
    )
    select
        auth.studio_id(), v_incident.family_id, v_incident.incident, v_incident.since,
        v_incident.last_at, note_incident.status, v_note, auth.account_id()
    where
        v_incident.status <> note_incident.status
        or v_note <> coalesce(v_incident.note, '')
    -- Said twice at once, it is said once.
    on conflict on constraint incident_notes_once_key do nothing;
    return (
        select
            jsonb_build_object(
                'incident', i.incident,
                'since', i.since,
                'last_at', i.last_at,
                'status', i.status,
                'note', i.note,
                'noted_by', i.noted_by,
                'noted_at', i.noted_at
            )
        from payment.incidents() as i
        where i.incident = note_incident.incident
    );
end;
$$;
alter function api.note_incident(text, text, text, timestamptz) owner to payment;
grant execute on function api.note_incident(text, text, text, timestamptz) to staff;
comment on function api.note_incident(text, text, text, timestamptz) is
$$Note how far somebody has come with an entry of the work list (incidents), and what they say.

For staff; what is for developers (lane) for managers. incident: as in incidents; status:
acknowledged, actioned, or wont_fix with a note why: it is off the list then until it fails
again. A status only goes forward, as long as the entry is listed; the same status again with
another note adds that, and without one changes nothing. Resolved is what is gone from the list
by itself: there is nothing to note. note: at most 500 characters; last_at: as it was read, so
that nothing is said of a failure that nobody has seen; left out: whatever it is now. Answers
{incident, since, last_at, status, note, noted_by, noted_at}. Errors: incident_status_unknown,
reason_required, incident_not_found, incident_changed (details: last_at), incident_status_passed
(details: status).$$;
