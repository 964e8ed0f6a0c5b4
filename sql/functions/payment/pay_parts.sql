create or replace function payment.pay_parts(
    p_registration_id bigint,
    p_amount_minor bigint,
    p_installment_id bigint default null,
    p_transaction_id bigint default null,
    p_offline_payment_id bigint default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_left_minor bigint := p_amount_minor;
    v_paid_minor bigint;
    v_installment payment.installments;
begin
    for v_installment in
        select i.*
        from payment.installments as i
        where
            i.studio_id = v_studio_id
            and i.registration_id = p_registration_id
            and i.status not in ('paid', 'waived')
        -- The one that is meant, then the one that is due next.
        order by (i.id = p_installment_id) is not true, i.number
    loop
        exit when v_left_minor = 0;
        v_paid_minor := least(
            v_left_minor, v_installment.amount_minor - v_installment.paid_minor
        );
        -- What is being charged is not paid in another way, unless it is meant.
        continue when v_installment.status = 'processing'
        and v_installment.id is distinct from p_installment_id;
        v_left_minor := v_left_minor - v_paid_minor;
        insert into payment.installment_payments (
            studio_id, family_id, installment_id, transaction_id, offline_payment_id, amount_minor
        )
        values (
            v_studio_id, v_installment.family_id, v_installment.id, p_transaction_id,
            p_offline_payment_id, v_paid_minor
        );
        v_paid_minor := v_installment.paid_minor + v_paid_minor;
        update payment.installments as i
        set
            paid_minor = v_paid_minor,
            status = case
                when v_paid_minor = i.amount_minor then 'paid'
                when i.status <> 'processing' then i.status
                when i.due_on < studio.local_date(now()) then 'overdue'
                else 'scheduled'
            end,
            paid_at = case when v_paid_minor = i.amount_minor then now() end,
            next_attempt_on = case when v_paid_minor < i.amount_minor then i.next_attempt_on end,
            last_error = case when v_paid_minor < i.amount_minor then i.last_error end,
            reported_on = case when v_paid_minor < i.amount_minor then i.reported_on end
        where i.studio_id = v_studio_id and i.id = v_installment.id;
    end loop;
    return v_left_minor;
end;
$$;
alter function payment.pay_parts(bigint, bigint, bigint, bigint, bigint) owner to payment;
comment on function payment.pay_parts(bigint, bigint, bigint, bigint, bigint) is
$$Let money pay the open parts of a plan: the one that is meant first, then the next ones.

Answers what is left of it, minor units. p_transaction_id or p_offline_payment_id: where the money
comes from. The caller has locked the registration, and calls payment.follow_price() afterwards.$$;
