create or replace function payment.post_application(p_transaction_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_sale record;
begin
    select t.family_id, t.amount_minor, p.registration_id, a.applied_at into v_sale
    from payment.transactions as t
    inner join payment.payments as p
        on t.studio_id = p.studio_id and t.family_id = p.family_id and t.payment_id = p.id
    cross join lateral (
        select min(u.at) as applied_at
        from (
            select c.confirmed_at as at
            from enrollment.confirmations as c
            where
                c.studio_id = t.studio_id
                and c.family_id = t.family_id
                and c.transaction_id = t.id
            union all
            select i.created_at
            from payment.installment_payments as i
            where
                i.studio_id = t.studio_id
                and i.family_id = t.family_id
                and i.transaction_id = t.id
        ) as u (at)
    ) as a
    where
        t.studio_id = auth.studio_id()
        and t.id = p_transaction_id
        and a.applied_at is not null;
    if
        not found
        or not payment.is_posted('sale', p_transaction_id)
        or payment.is_posted('reversal', p_transaction_id)
    then
        return false;
    end if;
    return payment.post(
        'application',
        p_transaction_id,
        v_sale.family_id,
        v_sale.registration_id,
        studio.local_date(v_sale.applied_at),
        jsonb_build_object('unapplied', v_sale.amount_minor, 'receivable', - v_sale.amount_minor)
    );
end;
$$;
alter function payment.post_application(bigint) owner to payment;
comment on function payment.post_application(bigint) is
$$Post that a sale has paid something: its registration was confirmed by it, or it
paid a part of a plan.

Nothing for one that has paid nothing, or that was taken back.$$;
