create or replace function payment.post_transaction_of_row()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_transaction(new);
    return null;
end;
$$;
alter function payment.post_transaction_of_row() owner to payment;
comment on function payment.post_transaction_of_row() is
$$Post what the gateway says of money, in the transaction in which it is taken over.$$;

create or replace trigger _500_post_transaction
after insert or update of state, is_authorized on payment.transactions
for each row execute function payment.post_transaction_of_row();
