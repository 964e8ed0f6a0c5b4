create or replace function payment.on_registration_confirmed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.open_plan(new.subject_id);
    return null;
end;
$$;
alter function payment.on_registration_confirmed() owner to payment;
comment on function payment.on_registration_confirmed() is
$$Make the plan of a registration that was confirmed with its first part.$$;

create or replace trigger _300_on_registration_confirmed
after insert on ops.domain_events
for each row when (new.kind = 'registration.confirmed')
execute function payment.on_registration_confirmed();
