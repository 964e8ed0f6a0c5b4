create or replace function enrollment.on_enrollment_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform enrollment.settle_balance((new.payload ->> 'registration_id')::bigint);
    return null;
end;
$$;
alter function enrollment.on_enrollment_changed() owner to enrollment;
comment on function enrollment.on_enrollment_changed() is
$$Let a registration be paid in full once what it costs has fallen to what was paid.$$;

create or replace trigger _350_on_enrollment_changed
after insert on ops.domain_events
for each row when (
    new.kind in (
        'enrollment.cancelled', 'enrollment.transferred', 'enrollment.weekdays_dropped',
        'enrollment.replaced'
    )
)
execute function enrollment.on_enrollment_changed();
