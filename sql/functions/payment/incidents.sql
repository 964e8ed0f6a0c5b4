create or replace function payment.incidents()
returns table (
    kind text,
    since timestamptz,
    payment_id bigint,
    registration_id bigint,
    family_id bigint,
    details jsonb
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
        case e.status when 'unmatched' then 'notice_unmatched' else 'notice_not_applied' end,
        e.received_at,
        null::bigint,
        null::bigint,
        null::bigint,
        jsonb_build_object(
            'notice', e.gateway_id,
            'event_type', e.event_type,
            'resource_id', e.resource_id,
            'deliveries', e.deliveries,
            'last_error', e.last_error
        )
    from payment.gateway_events as e
    inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
    where
        m.studio_id = auth.studio_id()
        and (e.status = 'unmatched' or (e.status = 'received' and e.failures > 0))
    union all
    -- Money that has paid nothing, and is neither given back nor on its way.
    select
        'money_not_returned',
        t.created_at,
        p.id,
        p.registration_id,
        p.family_id,
        jsonb_build_object(
            'transaction', t.gateway_id,
            'state', t.state,
            'amount_minor', t.amount_minor,
            'currency', t.currency
        )
    from payment.payments as p
    cross join lateral payment.live_sales(p.id) as t
    where
        p.studio_id = auth.studio_id()
        and p.family_id = coalesce(auth.family_id(), p.family_id)
        and t.refunded_minor < t.amount_minor
        and not payment.is_used(t)
        and not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = p.studio_id
                and c.payment_id = p.id
                and c.status in ('queued', 'claimed')
        );
end;
$$;
alter function payment.incidents() owner to payment;
grant execute on function payment.incidents() to staff;
comment on function payment.incidents() is
$$What needs a person, about money: gone as soon as it is settled. Exposed as api.incidents.

For staff.$$;
