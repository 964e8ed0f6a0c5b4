create or replace function payment.settle_payment(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
    v_sale payment.transactions;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    -- A decline is final for its transaction, not for the payment: the next card may do.
    if v_payment.accepted_sale_id is null then
        select t.* into v_sale
        from payment.live_sales(v_payment.id) as t
        where t.amount_minor = v_payment.amount_minor and t.currency = v_payment.currency
        order by t.id
        limit 1;
        if found then
            update payment.payments as p
            set status = 'authorized', accepted_sale_id = v_sale.id
            where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
            if v_payment.installment_id is not null then
                perform payment.settle_installment(v_payment, v_sale);
            else
                -- Whoever waits for the money confirms in this same transaction.
                perform ops.emit(
                    'payment.authorized',
                    v_payment.id,
                    v_payment.family_id,
                    jsonb_build_object(
                        'registration_id', v_payment.registration_id,
                        'transaction_id', v_sale.id,
                        'amount_minor', v_sale.amount_minor
                    )
                );
            end if;
        elsif v_payment.status = 'open' and v_payment.flow <> 'sale_first' then
            perform payment.settle_decline(v_payment.id);
        end if;
    else
        -- All of it may have been given back, and that may have been taken back.
        update payment.payments as p
        set status = s.status
        from (
            select
                case
                    when t.state = 'voided' then 'voided'
                    when t.amount_minor = (
                        select sum(r.amount_minor)
                        from payment.refunds as r
                        where
                            r.studio_id = t.studio_id
                            and r.family_id = t.family_id
                            and r.transaction_id = t.id
                            and r.status = 'done'
                    )
                        then 'refunded'
                    else 'authorized'
                end as status
            from payment.transactions as t
            where t.studio_id = v_payment.studio_id and t.id = v_payment.accepted_sale_id
        ) as s
        where
            p.studio_id = v_payment.studio_id
            and p.id = v_payment.id
            and p.status <> s.status
            and p.status <> 'voided';
    end if;
    -- Money that confirmed nothing goes back: another amount than asked for, a second card, or
    -- too late.
    for v_sale in
        select t.*
        from payment.live_sales(v_payment.id) as t
        where not payment.is_used(t)
    loop
        perform payment.return_sale(v_sale);
    end loop;
    perform payment.follow_price(v_payment.registration_id);
end;
$$;
alter function payment.settle_payment(bigint) owner to payment;
comment on function payment.settle_payment(bigint) is
$$Let a payment become what its transactions make it.

The first sale that is authorized over exactly the amount asked for authorizes it, and the others
are told in the same transaction. Every sale that confirmed nothing, and paid no part of a plan, is
given back.$$;
