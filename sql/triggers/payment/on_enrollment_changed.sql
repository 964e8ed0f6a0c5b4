create or replace function payment.on_enrollment_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_change((new.payload ->> 'change_id')::bigint);
    perform payment.follow_price((new.payload ->> 'registration_id')::bigint);
    return null;
end;
$$;
alter function payment.on_enrollment_changed() owner to payment;
comment on function payment.on_enrollment_changed() is
$$Post what a change of a confirmed enrollment did to its price; the open parts of a plan follow.$$;

create or replace trigger _300_on_enrollment_changed
after insert on ops.domain_events
for each row when (
    new.kind in (
        'enrollment.cancelled', 'enrollment.transferred', 'enrollment.weekdays_dropped',
        'enrollment.replaced'
    )
)
execute function payment.on_enrollment_changed();
