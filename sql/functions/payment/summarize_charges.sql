create or replace function payment.summarize_charges()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return payment.charge_summary(now());
end;
$$;
alter function payment.summarize_charges() owner to payment;
grant execute on function payment.summarize_charges() to scheduler;
comment on function payment.summarize_charges() is
$$Job: tell staff once a day which installments could not be charged, or need a card.

Answers how many.$$;
