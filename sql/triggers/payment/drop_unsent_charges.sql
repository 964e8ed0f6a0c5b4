create or replace function payment.drop_unsent_charges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update payment.gateway_calls as c
    set status = 'failed', last_error = 'its payment has ended'
    where
        c.studio_id = new.studio_id
        and c.payment_id = new.id
        and c.purpose = 'charge_stored_card'
        and c.status = 'queued';
    return null;
end;
$$;
alter function payment.drop_unsent_charges() owner to payment;
comment on function payment.drop_unsent_charges() is
$$Send no charge of a payment that has ended: a lost one may have been heard of by a notice.$$;

create or replace trigger _100_drop_unsent_charges
after update of status on payment.payments
for each row when (old.status = 'open' and new.status <> 'open')
execute function payment.drop_unsent_charges();
