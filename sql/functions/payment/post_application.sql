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
    select t.family_id, t.amount_minor, c.registration_id, c.confirmed_at into v_sale
    from payment.transactions as t
    inner join enrollment.confirmations as c
        on t.studio_id = c.studio_id and t.family_id = c.family_id and t.id = c.transaction_id
    where t.studio_id = auth.studio_id() and t.id = p_transaction_id;
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
        studio.local_date(v_sale.confirmed_at),
        jsonb_build_object('unapplied', v_sale.amount_minor, 'receivable', - v_sale.amount_minor)
    );
end;
$$;
alter function payment.post_application(bigint) owner to payment;
comment on function payment.post_application(bigint) is
$$Post that a sale has paid something: its registration was confirmed by it.

Nothing for one that has paid nothing, or that was taken back.$$;
