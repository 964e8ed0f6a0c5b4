create or replace function messaging.on_enrollment_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform messaging.queue_message(
        new.family_id,
        case when new.kind = 'enrollment.replaced'
            then 'enrollment_cancelled' else replace(new.kind, '.', '_')
        end,
        new.kind || ':' || (new.payload ->> 'change_id'),
        null,
        jsonb_build_object(
            'section_id', new.payload -> 'section_id',
            'other_section_id', new.payload -> 'to_section_id',
            'student_id', new.payload -> 'student_id',
            'effective_on', new.payload -> 'effective_on',
            'given_back_minor', new.payload -> 'given_back_minor'
        )
    );
    return null;
end;
$$;
alter function messaging.on_enrollment_changed() owner to messaging;
comment on function messaging.on_enrollment_changed() is
$$Tell a family that an enrollment ended, or goes on elsewhere or on fewer days.$$;

create or replace trigger _400_on_enrollment_changed
after insert on ops.domain_events
for each row when (
    new.kind in (
        'enrollment.cancelled',
        'enrollment.transferred',
        'enrollment.weekdays_dropped',
        'enrollment.replaced'
    )
)
execute function messaging.on_enrollment_changed();
