create or replace function payment.refundable_sources(
    p_registration_id bigint,
    p_payment_id bigint default null,
    p_transaction_id bigint default null,
    p_offline_payment_id bigint default null
)
returns table (
    number bigint, transaction_id bigint, offline_payment_id bigint, left_minor bigint
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select
        row_number() over (order by s.offline_id is not null, s.sale_id desc, s.offline_id desc),
        s.sale_id,
        s.offline_id,
        s.amount_minor
    from (
        select
            t.id as sale_id,
            null::bigint as offline_id,
            t.amount_minor - t.refunded_minor as amount_minor
        from payment.payments as p
        cross join lateral payment.live_sales(p.id) as t
        where
            p.studio_id = auth.studio_id()
            and p.registration_id = p_registration_id
            and p_offline_payment_id is null
            and p.id = coalesce(p_payment_id, p.id)
            and t.id = coalesce(p_transaction_id, t.id)
        union all
        select null, o.id, o.amount_minor - o.refunded_minor
        from payment.offline_payments as o
        where
            o.studio_id = auth.studio_id()
            and o.registration_id = p_registration_id
            and o.status = 'received'
            and p_payment_id is null
            and p_transaction_id is null
            and o.id = coalesce(p_offline_payment_id, o.id)
    ) as s
    where s.amount_minor > 0;
end;
$$;
alter function payment.refundable_sources(bigint, bigint, bigint, bigint) owner to payment;
comment on function payment.refundable_sources(bigint, bigint, bigint, bigint) is
$$The sales and other payments of a registration of which something can be given back.

left_minor: minor units. By cards first, the newest first. All of them, or those of one payment, one
sale or one without a card.$$;
