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
    v_registration enrollment.registrations;
    v_reduction_minor bigint := 0::bigint;
    v_refund_id bigint;
begin
    select r.* into strict v_registration
    from payment.payments as p
    inner join enrollment.registrations as r
        on
            p.studio_id = r.studio_id
            and p.family_id = r.family_id
            and p.registration_id = r.id
    where p.studio_id = p_sale.studio_id and p.id = p_sale.payment_id;
    if v_registration.status in ('confirmed', 'partial') then
        -- The money is gone already. What had been paid too much lowers no price.
        v_reduction_minor := least(
            p_amount_minor,
            greatest(payment.balance_minor(v_registration.family_id, v_registration.id), 0)
        );
    end if;
    insert into payment.refunds (
        studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
        price_reduction_minor, currency, cause, reason, reference
    )
    values (
        p_sale.studio_id,
        p_sale.family_id,
        v_registration.id,
        p_sale.id,
        p_kind,
        p_amount_minor,
        v_reduction_minor,
        p_sale.currency,
        'gateway',
        'given back at the gateway',
        'ref-' || gen_random_uuid()
    )
    returning id into strict v_refund_id;
    perform payment.finish_refund(v_refund_id, 'done', p_return_gateway_id);
end;
$$;
alter function payment.adopt_return(payment.transactions, text, bigint, text) owner to payment;
comment on function payment.adopt_return(payment.transactions, text, bigint, text) is
$$Write down what was given back of a sale at the gateway, without us, as a refund that is done.

The caller has taken over already that the money is gone. A confirmed registration costs so much
less by it as nobody owes what was given back.$$;
