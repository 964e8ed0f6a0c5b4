create or replace function payment.withdraw_charge(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update payment.gateway_calls as c
    set status = 'failed', last_error = 'not wanted any more'
    where
        c.studio_id = auth.studio_id()
        and c.payment_id = p_payment_id
        and c.purpose = 'charge_stored_card'
        and c.status = 'queued';
    if found then
        -- Judged again: it ends the payment, or charges what is wanted now.
        perform payment.queue_charge(p_payment_id);
    end if;
end;
$$;
alter function payment.withdraw_charge(bigint) owner to payment;
comment on function payment.withdraw_charge(bigint) is
$$Take back the charge of a stored card that nobody has sent yet, and judge anew if it is wanted.

One that was sent is not touched: what comes of it is applied, and goes back if it pays nothing.$$;
