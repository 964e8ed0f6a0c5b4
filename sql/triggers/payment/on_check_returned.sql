create or replace function payment.on_check_returned()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.unpay_parts(new.subject_id);
    perform payment.follow_price((new.payload ->> 'registration_id')::bigint);
    return null;
end;
$$;
alter function payment.on_check_returned() owner to payment;
comment on function payment.on_check_returned() is
$$Open the parts of a plan again that a check had paid which came back.$$;

create or replace trigger _300_on_check_returned
after insert on ops.domain_events
for each row when (new.kind = 'payment.check_returned')
execute function payment.on_check_returned();
