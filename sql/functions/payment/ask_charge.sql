create or replace function payment.ask_charge(p_payment_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    if
        v_payment.status <> 'open'
        or not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.purpose = 'charge_stored_card'
        )
        or exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.status in ('queued', 'claimed')
                and c.purpose in ('charge_stored_card', 'find_charge')
        )
    then
        return false;
    end if;
    perform payment.queue_call(
        v_payment.merchant_account_id,
        'find_charge',
        '/transactions?limit=200&filter=customReference_eq_' || v_payment.reference,
        null,
        v_payment.id
    );
    return true;
end;
$$;
alter function payment.ask_charge(bigint) owner to payment;
comment on function payment.ask_charge(bigint) is
$$Ask the gateway by our reference what became of the charge of a stored card; true: it is asked.

Not while the charge, or this question, is under way, nor where none was ever sent.$$;
