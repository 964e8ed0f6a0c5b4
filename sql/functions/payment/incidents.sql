create or replace function payment.incidents()
returns table (
    kind text,
    since timestamptz,
    payment_id bigint,
    registration_id bigint,
    family_id bigint,
    details jsonb,
    category text,
    lane text,
    severity text,
    retryable boolean,
    tries integer
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    -- Without a family in scope those of all.
    v_family_id constant bigint := auth.family_id();
begin
    return query
    with found as (
        select
            'notice_unmatched' as kind,
            e.received_at as since,
            null::bigint as payment_id,
            null::bigint as registration_id,
            null::bigint as family_id,
            jsonb_build_object(
                'notice', e.gateway_id,
                'event_type', e.event_type,
                'resource_id', e.resource_id,
                'deliveries', e.deliveries,
                'last_error', e.last_error
            ) as details,
            'unknown' as category,
            e.failures as tries
        from payment.gateway_events as e
        inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
        where m.studio_id = v_studio_id and e.status = 'unmatched'
        union all
        select
            'notice_not_applied', e.received_at, null, null, null,
            jsonb_build_object(
                'notice', e.gateway_id,
                'event_type', e.event_type,
                'resource_id', e.resource_id,
                'deliveries', e.deliveries,
                'last_error', e.last_error
            ),
            'gateway_unavailable', e.failures
        from payment.gateway_events as e
        inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
        where m.studio_id = v_studio_id and e.status = 'received' and e.failures > 0
        union all
        -- Money that has paid nothing, and is neither given back nor on its way.
        select
            'money_not_returned', t.created_at, p.id, p.registration_id, p.family_id,
            jsonb_build_object(
                'transaction', t.gateway_id,
                'state', t.state,
                'amount_minor', t.amount_minor,
                'currency', t.currency
            ),
            'request_refused', 1
        from payment.payments as p
        cross join lateral payment.live_sales(p.id) as t
        where
            p.studio_id = v_studio_id
            and p.family_id = coalesce(v_family_id, p.family_id)
            and t.refunded_minor < t.amount_minor
            and not payment.is_used(t)
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = p.studio_id
                    and c.payment_id = p.id
                    and c.status in ('queued', 'claimed')
            )
        union all
        -- The family was promised its money, and the gateway said no; until a later one is done.
        select
            'refund_failed', f.settled_at, t.payment_id, f.registration_id, f.family_id,
            jsonb_build_object(
                'refund_id', f.id,
                'failure_code', f.failure_code,
                'amount_minor', f.amount_minor,
                'currency', f.currency
            ),
            payment.failure_category(f.failure_code), 1
        from payment.refunds as f
        inner join payment.transactions as t
            on
                f.studio_id = t.studio_id
                and f.family_id = t.family_id
                and f.transaction_id = t.id
        where
            f.studio_id = v_studio_id
            and f.family_id = coalesce(v_family_id, f.family_id)
            and f.status = 'failed'
            -- Of a sale that has paid nothing, that is what is wrong.
            and payment.is_used(t)
            and not exists (
                select
                from payment.refunds as g
                where
                    g.studio_id = f.studio_id
                    and g.family_id = f.family_id
                    and g.transaction_id = f.transaction_id
                    and g.id > f.id
                    and g.status <> 'failed'
            )
        union all
        -- A part of a plan that could not be charged, or that has no card.
        select
            case i.status when 'failed' then 'installment_failed' else 'installment_without_card' end,
            coalesce(a.ended_at, i.created_at), a.payment_id, i.registration_id, i.family_id,
            jsonb_build_object(
                'installment_id', i.id,
                'number', i.number,
                'due_on', i.due_on,
                'open_minor', i.amount_minor - i.paid_minor,
                'last_error', i.last_error
            ),
            payment.failure_category(coalesce(i.last_error, a.error_code), t.failure_reason),
            i.attempts::integer
        from payment.installments as i
        left join lateral (
            select c.payment_id, c.ended_at, c.error_code
            from payment.charge_attempts as c
            where
                c.studio_id = i.studio_id
                and c.family_id = i.family_id
                and c.installment_id = i.id
                and c.status = 'declined'
            order by c.number desc
            limit 1
        ) as a on true
        left join lateral (
            select x.failure_reason
            from payment.transactions as x
            where
                x.studio_id = i.studio_id
                and x.family_id = i.family_id
                and x.payment_id = a.payment_id
                and x.state = 'declined'
            order by x.id desc
            limit 1
        ) as t on true
        where
            i.studio_id = v_studio_id
            and i.family_id = coalesce(v_family_id, i.family_id)
            and (
                i.status = 'failed'
                or (i.status in ('scheduled', 'overdue') and i.last_error = 'card_needed')
            )
        union all
        -- What had paid is gone again, and not because it was given back.
        select
            'money_lost', t.updated_at, t.payment_id, p.registration_id, t.family_id,
            jsonb_build_object(
                'transaction', t.gateway_id,
                'state', t.state,
                'amount_minor', t.amount_minor,
                'currency', t.currency
            ),
            payment.failure_category(t.failure_code, t.failure_reason), 1
        from payment.transactions as t
        inner join payment.payments as p
            on t.studio_id = p.studio_id and t.family_id = p.family_id and t.payment_id = p.id
        where
            t.studio_id = v_studio_id
            and t.family_id = coalesce(v_family_id, t.family_id)
            and t.type = 'sale'
            and t.state in ('declined', 'expired', 'rejected')
            and payment.is_used(t)
            and payment.balance_minor(t.family_id, p.registration_id) > 0
        union all
        -- An end was asked for, and an hour later the gateway has not said which.
        select
            'payment_stuck', p.final_answer_due_at, p.id, p.registration_id, p.family_id,
            jsonb_build_object('amount_minor', p.amount_minor, 'currency', p.currency),
            'gateway_unavailable', 1
        from payment.payments as p
        where
            p.studio_id = v_studio_id
            and p.family_id = coalesce(v_family_id, p.family_id)
            and p.status = 'open'
            and p.final_answer_due_at < now() - interval '1 hour'
        union all
        -- No page can be made: what was asked last of its kind was refused, and nothing since.
        select
            'gateway_refuses', c.answered_at, c.payment_id, p.registration_id, p.family_id,
            jsonb_build_object('purpose', c.purpose, 'failures', c.failures),
            payment.failure_category(
                c.failures -> 0 ->> 'code', c.failures -> 1 ->> 'code', c.answer_status
            ),
            1
        from payment.merchant_accounts as m
        cross join (
            values ('find_shopper'), ('create_shopper'), ('create_order'), ('create_session')
        ) as u (purpose)
        cross join lateral (
            select d.*
            from payment.gateway_calls as d
            where
                d.studio_id = v_studio_id
                and d.merchant_account_id = m.id
                and d.purpose = u.purpose
                and d.status = 'answered'
            order by d.id desc
            limit 1
        ) as c
        inner join payment.payments as p on c.studio_id = p.studio_id and c.payment_id = p.id
        where
            m.studio_id = v_studio_id
            and m.status = 'active'
            and c.answer_status >= 400
            and p.family_id = coalesce(v_family_id, p.family_id)
    )

    select
        f.kind, f.since, f.payment_id, f.registration_id, f.family_id, f.details, f.category,
        k.lane,
        -- Money in the wrong place is never a matter of later.
        case
            when f.kind in ('money_not_returned', 'refund_failed', 'money_lost') then 'critical'
            else k.severity
        end,
        k.retryable,
        f.tries
    from found as f
    inner join payment.failure_categories() as k on f.category = k.category
    order by f.since, f.kind, f.payment_id;
end;
$$;
alter function payment.incidents() owner to payment;
grant execute on function payment.incidents() to staff;
comment on function payment.incidents() is
$$What needs a person, about money: gone as soon as it is settled. Exposed as api.incidents.

A decline at a page is none: the family sees it and takes another card. For staff.$$;
