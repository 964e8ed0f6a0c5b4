create or replace function payment.adopt_return(
    p_sale payment.transactions, p_kind text, p_amount_minor bigint, p_return_gateway_id text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_refund_id bigint;
begin
    insert into payment.refunds (
        studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
        price_reduction_minor, currency, cause, reason, reference
    )
    select
        p_sale.studio_id,
        p_sale.family_id,
        p.registration_id,
        p_sale.id,
        p_kind,
        p_amount_minor,
        0,
        p_sale.currency,
        'gateway',
        'given back at the gateway',
        'ref-' || gen_random_uuid()
    from payment.payments as p
    where p.studio_id = p_sale.studio_id and p.id = p_sale.payment_id
    returning id into strict v_refund_id;
    perform payment.finish_refund(v_refund_id, 'done', p_return_gateway_id);
end;
$$;
alter function payment.adopt_return(payment.transactions, text, bigint, text) owner to payment;
comment on function payment.adopt_return(payment.transactions, text, bigint, text) is
$$Write down what was given back of a sale at the gateway, without us, as a refund that is done.

The caller has taken over already that the money is gone. It lowers no price: what it had paid is owed
again, until staff say otherwise, who are told.$$;
