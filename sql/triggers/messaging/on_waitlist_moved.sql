create or replace function messaging.on_waitlist_moved()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The family whose turn it is, whichever act brought it about.
set "callboard.family_id" = ''
as $$
begin
    perform messaging.queue_message(
        new.family_id,
        replace(new.kind, '.', '_'),
        new.kind || ':' || new.subject_id || coalesce(':' || (new.payload ->> 'number'), ''),
        null,
        jsonb_build_object(
            'section_id', new.payload -> 'section_id',
            'student_id', new.payload -> 'student_id',
            'held_on', new.payload -> 'held_on',
            'until', new.payload -> 'until'
        )
    );
    return null;
end;
$$;
alter function messaging.on_waitlist_moved() owner to messaging;
comment on function messaging.on_waitlist_moved() is
$$Tell a family that it waits, of an offer, that the offer ends soon, and that it ended.$$;

create or replace trigger _400_on_waitlist_moved
after insert on ops.domain_events
for each row when (
    new.kind in (
        'waitlist.joined', 'waitlist.offered', 'waitlist.reminded', 'waitlist.expired'
    )
)
execute function messaging.on_waitlist_moved();
