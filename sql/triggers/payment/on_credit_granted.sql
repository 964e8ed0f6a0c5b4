create or replace function payment.on_credit_granted()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_credit(new.subject_id);
    return null;
end;
$$;
alter function payment.on_credit_granted() owner to payment;
comment on function payment.on_credit_granted() is
$$Post a credit that staff have granted.$$;

create or replace trigger _500_on_credit_granted
after insert on ops.domain_events
for each row when (new.kind = 'credit.granted')
execute function payment.on_credit_granted();
