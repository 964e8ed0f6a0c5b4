create or replace function payment.found_incidents(p_as_of timestamptz default now())
returns table (
    kind text,
    subject text,
    since timestamptz,
    failed_at timestamptz[],
    payment_id bigint,
    registration_id bigint,
    family_id bigint,
    details jsonb,
    category text,
    origin text,
    source text,
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
    v_settings constant studio.settings := studio.settings_of();
begin
    return query
    select
        'notice_unmatched',
        e.id::text,
        e.settled_at,
        array[e.settled_at],
        null::bigint,
        null::bigint,
        null::bigint,
        jsonb_build_object(
            'notice', e.gateway_id,
            'event_type', e.event_type,
            'resource_id', e.resource_id,
            'deliveries', e.deliveries,
            'last_error', e.last_error
        ),
        'unknown',
        'gateway',
        case when e.is_listed then 'job' else 'webhook' end,
        e.failures
    from payment.gateway_events as e
    inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
    where m.studio_id = v_studio_id and e.status = 'unmatched'
    union all
    select
        'notice_not_applied', e.id::text, e.received_at, e.failed_at, null, null, null,
        jsonb_build_object(
            'notice', e.gateway_id,
            'event_type', e.event_type,
            'resource_id', e.resource_id,
            'deliveries', e.deliveries,
            'last_error', e.last_error
        ),
        'gateway_unavailable',
        -- Either there was no answer, or there was one and we could not take it over.
        case when e.last_error like 'answer not applied%' then 'application' else 'gateway' end,
        case when e.is_listed then 'job' else 'webhook' end,
        e.failures
    from payment.gateway_events as e
    inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
    where m.studio_id = v_studio_id and e.status = 'received' and e.failures > 0
    union all
    -- Money that has paid nothing, and is neither given back nor on its way.
    select
        'money_not_returned', t.id::text, coalesce(r.last_at, t.created_at), r.failed_at, p.id,
        p.registration_id, p.family_id,
        jsonb_build_object(
            'transaction', t.gateway_id,
            'state', t.state,
            'amount_minor', t.amount_minor,
            'currency', t.currency
        ),
        case
            when r.code is null then 'request_refused' else payment.failure_category(r.code)
        end,
        case when r.code is null then 'application' else 'gateway' end,
        case r.cause when 'staff' then 'staff' else 'internal' end,
        greatest(r.count, 1)::integer
    from payment.payments as p
    cross join lateral payment.live_sales(p.id) as t
    cross join lateral (
        select
            count(*) as count,
            array_agg(f.settled_at order by f.settled_at) as failed_at,
            max(f.settled_at) as last_at,
            (array_agg(f.failure_code order by f.id desc))[1] as code,
            (array_agg(f.cause order by f.id desc))[1] as cause
        from payment.refunds as f
        where
            f.studio_id = t.studio_id
            and f.family_id = t.family_id
            and f.transaction_id = t.id
            and f.status = 'failed'
    ) as r
    where
        p.studio_id = v_studio_id
        and p.family_id = coalesce(v_family_id, p.family_id)
        -- As the keys of sales begin.
        and t.family_id = p.family_id
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
    -- Several of one sale are tries of one thing: the last one speaks for all.
    (
        select distinct on (f.transaction_id)
            'refund_failed', t.id::text, f.settled_at,
            array_agg(f.settled_at) over (
                partition by f.transaction_id
                order by f.settled_at
                rows between unbounded preceding and unbounded following
            ),
            t.payment_id, f.registration_id, f.family_id,
            jsonb_build_object(
                'refund_id', f.id,
                'failure_code', f.failure_code,
                'amount_minor', f.amount_minor,
                'currency', f.currency
            ),
            payment.failure_category(f.failure_code),
            'gateway',
            case f.cause when 'staff' then 'staff' else 'internal' end,
            (count(*) over (partition by f.transaction_id))::integer
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
        order by f.transaction_id, f.id desc
    )
    union all
    -- A part of a plan that could not be charged.
    select
        'installment_failed', i.id::text, coalesce(a.ended_at, i.created_at), a.failed_at,
        a.payment_id, i.registration_id, i.family_id,
        jsonb_build_object(
            'installment_id', i.id,
            'number', i.number,
            'due_on', i.due_on,
            'open_minor', i.amount_minor - i.paid_minor,
            'last_error', i.last_error
        ),
        payment.failure_category(coalesce(i.last_error, a.error_code), t.failure_reason),
        'gateway',
        case a.cause when 'staff' then 'staff' else 'job' end,
        i.attempts::integer
    from payment.installments as i
    left join lateral (
        select
            c.payment_id, c.ended_at, c.error_code, c.cause,
            array_agg(c.ended_at) over (
                order by c.number rows between unbounded preceding and unbounded following
            ) as failed_at
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
        and i.status = 'failed'
    union all
    -- One that has no card to charge.
    select
        'installment_without_card', i.id::text,
        coalesce(ops.last_event_at('installment.card_needed', i.id), i.created_at), null, null,
        i.registration_id, i.family_id,
        jsonb_build_object(
            'installment_id', i.id,
            'number', i.number,
            'due_on', i.due_on,
            'open_minor', i.amount_minor - i.paid_minor,
            'last_error', i.last_error
        ),
        payment.failure_category(i.last_error), 'application', 'job', i.attempts::integer
    from payment.installments as i
    where
        i.studio_id = v_studio_id
        and i.family_id = coalesce(v_family_id, i.family_id)
        and i.status in ('scheduled', 'overdue')
        and i.last_error = 'card_needed'
    union all
    -- What had paid is gone again, and not because it was given back.
    select
        'money_lost', t.id::text,
        -- Paid in another way meanwhile, and owed again: that is another story.
        greatest(t.updated_at, ops.last_event_at('registration.paid', p.registration_id)),
        null, t.payment_id, p.registration_id, t.family_id,
        jsonb_build_object(
            'transaction', t.gateway_id,
            'state', t.state,
            'amount_minor', t.amount_minor,
            'currency', t.currency
        ),
        payment.failure_category(t.failure_code, t.failure_reason), 'gateway',
        payment.payment_source(p.id), 1
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
    -- An end was asked for, and long afterwards the gateway has not said which.
    select
        'payment_stuck', p.id::text, p.final_answer_due_at, null, p.id, p.registration_id,
        p.family_id, jsonb_build_object('amount_minor', p.amount_minor, 'currency', p.currency),
        'gateway_unavailable', 'gateway', payment.payment_source(p.id), 1
    from payment.payments as p
    where
        p.studio_id = v_studio_id
        and p.family_id = coalesce(v_family_id, p.family_id)
        and p.status = 'open'
        and p.final_answer_due_at
        < p_as_of - make_interval(mins => v_settings.payment_stuck_minutes)
    union all
    -- No page can be made: what was asked last of its kind was refused, and nothing since.
    select
        'gateway_refuses', m.id || ':' || u.purpose, r.failed_at[1], r.failed_at, c.payment_id,
        p.registration_id, p.family_id,
        jsonb_build_object('purpose', c.purpose, 'failures', c.failures),
        payment.failure_category(
            c.failures -> 0 ->> 'code', c.failures -> 1 ->> 'code', c.answer_status
        ),
        'gateway', 'checkout', cardinality(r.failed_at)
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
            -- One that was not let in is tried again, and has no other answer so far.
            and (d.status = 'answered' or d.answer_status in (401, 403))
        order by d.id desc
        limit 1
    ) as c
    inner join payment.payments as p on c.studio_id = p.studio_id and c.payment_id = p.id
    cross join lateral (
        select array_agg(coalesce(d.answered_at, d.created_at) order by d.id) as failed_at
        from payment.gateway_calls as d
        where
            d.studio_id = v_studio_id
            and d.merchant_account_id = m.id
            and d.purpose = u.purpose
            and (d.status = 'answered' or d.answer_status in (401, 403))
            and d.id > coalesce(
                (
                    select max(e.id)
                    from payment.gateway_calls as e
                    where
                        e.studio_id = v_studio_id
                        and e.merchant_account_id = m.id
                        and e.purpose = u.purpose
                        and e.status = 'answered'
                        and e.answer_status < 400
                ),
                0
            )
    ) as r
    where
        m.studio_id = v_studio_id
        and m.status = 'active'
        and c.answer_status >= 400
        and p.family_id = coalesce(v_family_id, p.family_id);
end;
$$;
alter function payment.found_incidents(timestamptz) owner to payment;
comment on function payment.found_incidents(timestamptz) is
$$What needs a person, about money, as the books have it: gone as soon as it is settled.

kind and subject name the entry for good: the subject is what it is about. since: when it came to be
listed this time, so another time of the same entry has another one. failed_at: the tries that came
to nothing, in order, as far as there were several. A decline at a page is none: the family sees it
and takes another card.$$;
