create or replace function payment.check_entry()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- Also one that is added later, to a posting that was complete.
    perform payment.require_balanced(new.posting_id);
    return null;
end;
$$;
alter function payment.check_entry() owner to payment;
comment on function payment.check_entry() is
$$Refuse, at the end of the transaction, an entry by which its posting is not what it says.$$;

create constraint trigger _500_check_entry
after insert on payment.ledger_entries
deferrable initially deferred
for each row execute function payment.check_entry();
