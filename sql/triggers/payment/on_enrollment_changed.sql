create or replace function payment.on_enrollment_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.follow_price((new.payload ->> 'registration_id')::bigint);
    return null;
end;
$$;
alter function payment.on_enrollment_changed() owner to payment;
comment on function payment.on_enrollment_changed() is
$$Let the open parts of a plan follow a change of what its registration costs.$$;

create or replace trigger _300_on_enrollment_changed
after insert on ops.domain_events
for each row when (
    new.kind in (
        'enrollment.cancelled', 'enrollment.transferred', 'enrollment.weekdays_dropped',
        'enrollment.replaced'
    )
)
execute function payment.on_enrollment_changed();
