create or replace function payment.is_used(p_transaction payment.transactions)
returns boolean
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return exists (
        select
        from enrollment.confirmations as c
        where
            c.studio_id = p_transaction.studio_id
            and c.family_id = p_transaction.family_id
            and c.transaction_id = p_transaction.id
    )
    or exists (
        select
        from payment.installment_payments as u
        where
            u.studio_id = p_transaction.studio_id
            and u.family_id = p_transaction.family_id
            and u.transaction_id = p_transaction.id
    );
end;
$$;
alter function payment.is_used(payment.transactions) owner to payment;
comment on function payment.is_used(payment.transactions) is
$$Whether a sale keeps its money: it confirmed a registration, or paid a part of a plan.$$;
