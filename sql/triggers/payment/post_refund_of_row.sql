create or replace function payment.post_refund_of_row()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_refund(new.id);
    return null;
end;
$$;
alter function payment.post_refund_of_row() owner to payment;
comment on function payment.post_refund_of_row() is
$$Post what a refund does to a price, and money that staff hand back.$$;

create or replace trigger _500_post_refund
after insert or update of status on payment.refunds
for each row execute function payment.post_refund_of_row();
