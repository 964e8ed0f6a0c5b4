create or replace function payment.settle_installment(
    p_payment payment.payments, p_sale payment.transactions
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_installment payment.installments;
    v_is_wanted boolean;
begin
    select i.* into strict v_installment
    from payment.installments as i
    where i.studio_id = p_payment.studio_id and i.id = p_payment.installment_id
    for no key update;
    v_is_wanted := v_installment.status not in ('paid', 'waived');
    if v_is_wanted then
        perform payment.pay_parts(
            p_payment.registration_id,
            p_sale.amount_minor,
            v_installment.id,
            p_transaction_id => p_sale.id
        );
        perform payment.post_application(p_sale.id);
        if p_payment.flow = 'tokenise_first' then
            -- The card that pays now is the one that is charged from now on.
            update payment.payment_plans as l
            set stored_method_id = p_payment.stored_method_id
            where
                l.studio_id = p_payment.studio_id
                and l.registration_id = p_payment.registration_id
                and l.auto_pay;
        end if;
    end if;
    update payment.charge_attempts as a
    set status = 'paid', error_code = null, ended_at = coalesce(a.ended_at, now())
    where
        a.studio_id = p_payment.studio_id
        and a.family_id = p_payment.family_id
        and a.payment_id = p_payment.id
        and a.status = 'open';
    -- What is not wanted any more goes back to its card: see payment.settle_payment().
    perform ops.emit(
        case
            when v_is_wanted then 'installment.paid' else 'installment.payment_returned'
        end,
        v_installment.id,
        p_payment.family_id,
        jsonb_build_object(
            'registration_id', p_payment.registration_id,
            'payment_id', p_payment.id,
            'transaction_id', p_sale.id,
            'amount_minor', p_sale.amount_minor
        )
    );
end;
$$;
alter function payment.settle_installment(payment.payments, payment.transactions)
owner to payment;
comment on function payment.settle_installment(payment.payments, payment.transactions) is
$$Let the sale that authorized a payment pay the part of a plan that it was for.

A part that was paid in another way meanwhile, or waived, is not paid twice.$$;
