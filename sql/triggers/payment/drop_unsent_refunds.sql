create or replace function payment.drop_unsent_refunds()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update payment.gateway_calls as c
    set status = 'failed', last_error = 'its refund has ended'
    where
        c.studio_id = new.studio_id
        and c.refund_id = new.id
        and c.purpose in ('void_transaction', 'refund_transaction')
        and c.status = 'queued';
    return null;
end;
$$;
alter function payment.drop_unsent_refunds() owner to payment;
comment on function payment.drop_unsent_refunds() is
$$Send nothing more for a refund that has ended: a lost one may have been heard of by a notice.

Of a part the gateway would give back as much a second time.$$;

create or replace trigger _100_drop_unsent_refunds
after update of status on payment.refunds
for each row when (old.status = 'pending' and new.status <> 'pending')
execute function payment.drop_unsent_refunds();
