create or replace function payment.on_registration_payment_declined()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.queue_void((new.payload ->> 'transaction_id')::bigint);
    return null;
end;
$$;
alter function payment.on_registration_payment_declined() owner to payment;
comment on function payment.on_registration_payment_declined() is
$$Void an authorized payment that came too late or twice to confirm anything.$$;

create or replace trigger _300_on_registration_payment_declined
after insert on ops.domain_events
for each row when (new.kind = 'registration.payment_declined')
execute function payment.on_registration_payment_declined();
