create or replace function payment.follow_refunds()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.follow_price(new.registration_id);
    return null;
end;
$$;
alter function payment.follow_refunds() owner to payment;
comment on function payment.follow_refunds() is
$$Let the open parts of a plan follow what a refund does to its price and its money.$$;

create or replace trigger _200_follow_refunds
after insert or update of status, amount_minor, price_reduction_minor on payment.refunds
for each row execute function payment.follow_refunds();
