create or replace function messaging.on_meeting_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Families of the section, whoever staff act for.
set "callboard.family_id" = ''
as $$
declare
    v_meeting record;
begin
    select p.* into strict v_meeting
    from jsonb_to_record(new.payload) as p (was_at timestamptz, family_ids bigint []);
    if new.kind = 'meeting.cancelled' and v_meeting.was_at <= now() then
        -- Whoever would have come knows.
        return null;
    end if;
    perform messaging.queue_message(
        f.id,
        case new.kind when 'meeting.cancelled' then 'class_cancelled' else 'class_moved' end,
        new.kind || ':' || new.id || ':' || f.id,
        null,
        jsonb_build_object(
            'section_id', new.payload -> 'section_id',
            'was_at', new.payload -> 'was_at',
            'starts_at', new.payload -> 'starts_at'
        )
    )
    from unnest(v_meeting.family_ids) as f (id)
    order by f.id;
    return null;
end;
$$;
alter function messaging.on_meeting_changed() owner to messaging;
comment on function messaging.on_meeting_changed() is
$$Tell each family of a meeting, once, that it was cancelled or moved, and to when.$$;

create or replace trigger _400_on_meeting_changed
after insert on ops.domain_events
for each row when (new.kind in ('meeting.cancelled', 'meeting.moved'))
execute function messaging.on_meeting_changed();
