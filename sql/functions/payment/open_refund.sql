create or replace function payment.open_refund(
    p_sale payment.transactions,
    p_amount_minor bigint,
    p_price_reduction_minor bigint,
    p_cause text,
    p_reason text
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_sale payment.transactions;
    v_registration_id bigint;
    v_is_void boolean;
    v_refund_id bigint;
begin
    select t.* into strict v_sale
    from payment.transactions as t
    where t.studio_id = p_sale.studio_id and t.id = p_sale.id
    for no key update;
    select p.registration_id into strict v_registration_id
    from payment.payments as p
    where p.studio_id = v_sale.studio_id and p.id = v_sale.payment_id;
    -- The gateway voids a sale as a whole, and only until it is settled.
    v_is_void := p_amount_minor = v_sale.amount_minor and v_sale.state <> 'settled';
    insert into payment.refunds (
        studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
        price_reduction_minor, currency, cause, reason, reference, waits_for_settlement,
        requested_by
    )
    values (
        v_sale.studio_id,
        v_sale.family_id,
        v_registration_id,
        v_sale.id,
        case when v_is_void then 'void' else 'refund' end,
        p_amount_minor,
        p_price_reduction_minor,
        v_sale.currency,
        p_cause,
        p_reason,
        'ref-' || gen_random_uuid(),
        not v_is_void and v_sale.state <> 'settled',
        case when p_cause = 'staff' then auth.account_id() end
    )
    returning id into strict v_refund_id;
    perform payment.send_refund(v_refund_id);
    return v_refund_id;
end;
$$;
alter function payment.open_refund(payment.transactions, bigint, bigint, text, text)
owner to payment;
comment on function payment.open_refund(payment.transactions, bigint, bigint, text, text) is
$$Give back a sale or a part of it, in minor units; answers the refund.

All of one that is not settled is voided; a part of it waits for the settlement. The caller has
locked the registration and the payment. A sale can't be given back more than once: the constraint
transactions_refunded_range.$$;
