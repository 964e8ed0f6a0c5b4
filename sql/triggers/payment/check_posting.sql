create or replace function payment.check_posting()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.require_balanced(new.id);
    return null;
end;
$$;
alter function payment.check_posting() owner to payment;
comment on function payment.check_posting() is
$$Refuse, at the end of the transaction, a posting without the entries that it says it has.$$;

create constraint trigger _500_check_posting
after insert on payment.ledger_postings
deferrable initially deferred
for each row execute function payment.check_posting();
