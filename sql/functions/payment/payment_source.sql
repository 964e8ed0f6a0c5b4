create or replace function payment.payment_source(p_payment_id bigint)
returns text
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select
        coalesce(
            (
                select case a.cause when 'staff' then 'staff' else 'job' end
                from payment.charge_attempts as a
                where a.studio_id = auth.studio_id() and a.payment_id = p_payment_id
            ),
            'checkout'
        )
$$;
alter function payment.payment_source(bigint) owner to payment;
comment on function payment.payment_source(bigint) is
$$What began a payment: job or staff, who charged a stored card; checkout, where a page did.$$;
