create or replace function payment.on_registration_refunded()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.follow_price(new.subject_id);
    return null;
end;
$$;
alter function payment.on_registration_refunded() owner to payment;
comment on function payment.on_registration_refunded() is
$$Ask for no more parts of a registration of which all that was paid has gone back.$$;

create or replace trigger _250_on_registration_refunded
after insert on ops.domain_events
for each row when (new.kind = 'registration.refunded')
execute function payment.on_registration_refunded();
