create or replace function payment.give_back_offline(
    p_offline_payment_id bigint,
    p_amount_minor bigint,
    p_price_reduction_minor bigint,
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
    v_refund_id bigint;
begin
    insert into payment.refunds (
        studio_id, family_id, registration_id, offline_payment_id, kind, amount_minor,
        price_reduction_minor, currency, cause, reason, reference, requested_by
    )
    select
        o.studio_id, o.family_id, o.registration_id, o.id, 'offline', p_amount_minor,
        p_price_reduction_minor, o.currency, 'staff', p_reason, 'ref-' || gen_random_uuid(),
        auth.account_id()
    from payment.offline_payments as o
    where o.studio_id = auth.studio_id() and o.id = p_offline_payment_id
    returning id into strict v_refund_id;
    return v_refund_id;
end;
$$;
alter function payment.give_back_offline(bigint, bigint, bigint, text) owner to payment;
comment on function payment.give_back_offline(bigint, bigint, bigint, text) is
$$Write down that staff give back a payment without a card or a part of it, in minor units.

Answers the refund, which is pending: the caller finishes it.$$;
