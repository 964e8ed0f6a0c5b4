create or replace function payment.post_offline_of_row()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_offline(new.id);
    return null;
end;
$$;
alter function payment.post_offline_of_row() owner to payment;
comment on function payment.post_offline_of_row() is
$$Post money that staff record without a card, and checks that come back.$$;

create or replace trigger _500_post_offline
after insert or update of status on payment.offline_payments
for each row execute function payment.post_offline_of_row();
