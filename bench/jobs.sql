-- Payments of the demo studio elmst that are done, some years' worth: of each the registration it
-- confirmed, its sale, what was asked of the gateway and told by it, and its postings. Run by the
-- superuser, for whom triggers can rest, as each would post and write messages.
-- Settings: bench.first and bench.last, numbers of the payments to load.
set local session_replication_role = replica;

create temporary table done on commit drop as
select
    n.number,
    f.id as family_id,
    h.studio_id,
    h.account_id,
    now() - interval '1 day' - make_interval(mins => n.number * 10) as happened_at
from generate_series(
    current_setting('bench.first')::integer, current_setting('bench.last')::integer
) as n (number)
cross join (
    select s.id as studio_id, m.id as account_id
    from studio.studios as s
    inner join payment.merchant_accounts as m on s.id = m.studio_id
    where s.slug = 'elmst'
) as h
cross join lateral (select 1000000000 + n.number / 5 as id) as f;
create index on done (number);
analyze done;

insert into identity.families (studio_id, id, name)
overriding system value
select distinct d.studio_id, d.family_id, 'Done ' || d.family_id
from done as d
on conflict do nothing;

insert into payment.shoppers (
    studio_id, id, family_id, merchant_account_id, reference, gateway_id
)
overriding system value
select distinct
    d.studio_id, d.family_id, d.family_id, d.account_id, 'shp-done-' || d.family_id,
    'shpdone' || d.family_id
from done as d
on conflict do nothing;

insert into enrollment.carts (studio_id, id, family_id, term_id, status)
overriding system value
select d.studio_id, 1000000000 + d.number, d.family_id, t.id, 'checked_out'
from done as d inner join catalog.terms as t on d.studio_id = t.studio_id;

insert into pricing.quotes (
    studio_id, id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
    inputs, total_minor, lines, parts
)
overriding system value
select
    c.studio_id, c.id, c.family_id, c.id, c.term_id, p.id, p.auto_pay, now(),
    pricing.engine_version(), '{}', 50000,
    array[
        (
            c.id, null, 'adjustment', 'none', null, '{}', 50000, 'pricing.adjustments', 0, 1
        )::pricing.line
    ],
    array[(1, t.starts_on, 50000)::pricing.part]
from done as d
inner join enrollment.carts as c on d.studio_id = c.studio_id and c.id = 1000000000 + d.number
inner join pricing.payment_plans as p on d.studio_id = p.studio_id and p.code = 'full'
inner join catalog.terms as t on d.studio_id = t.studio_id;

insert into enrollment.registrations (
    studio_id, id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at, status,
    confirmation_id, created_at
)
overriding system value
select
    q.studio_id, q.id, q.family_id, q.term_id, q.cart_id, q.id, q.total_minor, d.happened_at,
    'confirmed', q.id, d.happened_at
from done as d
inner join pricing.quotes as q on d.studio_id = q.studio_id and q.id = 1000000000 + d.number;

insert into payment.payments (
    studio_id, id, family_id, registration_id, merchant_account_id, shopper_id, reference,
    amount_minor, currency, status, return_url, cancel_url, order_ref, session_ref, session_url,
    session_ends_at, accepted_sale_id, created_at
)
overriding system value
select
    d.studio_id, r.id, d.family_id, r.id, d.account_id, d.family_id, 'pay-done-' || d.number, 50000,
    'USD', 'authorized', 'https://bench.example/back', 'https://bench.example/cancel',
    'orddone' || d.number, 'pssdone' || d.number, 'https://bench.example/page', d.happened_at,
    r.id, d.happened_at
from done as d
inner join enrollment.registrations as r
    on d.studio_id = r.studio_id and r.id = 1000000000 + d.number;

insert into payment.batches (
    studio_id, id, merchant_account_id, gateway_id, state, debits_minor, debit_count, net_minor,
    currency, opened_at, read_at, matched_at
)
overriding system value
select distinct
    d.studio_id, 1000000000, d.account_id, 'batdone', 'settled', 0, 0, 0, 'USD', now(), now(), now()
from done as d
on conflict do nothing;

insert into payment.transactions (
    studio_id, id, family_id, payment_id, merchant_account_id, gateway_id, type, state, state_rank,
    is_authorized, amount_minor, currency, created_at, updated_at, batch_id
)
overriding system value
select
    p.studio_id, p.id, p.family_id, p.id, p.merchant_account_id, 'trxdone' || d.number, 'sale',
    'settled', payment.state_rank('settled'), true, p.amount_minor, p.currency, d.happened_at,
    d.happened_at, 1000000000
from done as d
inner join payment.payments as p on d.studio_id = p.studio_id and p.id = 1000000000 + d.number;

insert into enrollment.confirmations (
    studio_id, id, family_id, registration_id, cause, transaction_id, amount_minor, confirmed_at
)
overriding system value
select t.studio_id, t.id, t.family_id, t.id, 'transaction', t.id, t.amount_minor, d.happened_at
from done as d
inner join payment.transactions as t
    on d.studio_id = t.studio_id and t.id = 1000000000 + d.number;

insert into payment.gateway_events (
    id, merchant_account_id, gateway_id, event_type, resource_type, resource_id, body, status,
    received_at, settled_at
)
overriding system value
select
    1000000000 + d.number, d.account_id, 'ntfdone' || d.number, 'saleAuthorized', 'transaction',
    'trxdone' || d.number, '{}', 'applied', d.happened_at, d.happened_at
from done as d;

-- An order, a session, and the fetch of the sale.
insert into payment.gateway_calls (
    studio_id, merchant_account_id, purpose, payment_id, event_id, method, path, body, status,
    attempts, answer_status, answer, created_at, answered_at
)
select
    d.studio_id, d.account_id, x.purpose,
    case when x.purpose like 'create%' then 1000000000 + d.number end,
    case when x.purpose = 'fetch_transaction' then 1000000000 + d.number end,
    x.method,
    x.path || case x.purpose when 'fetch_transaction' then 'trxdone' || d.number else '' end,
    case x.method when 'POST' then '{}'::jsonb end,
    'answered', 1, 200, '{}', d.happened_at, d.happened_at
from done as d
cross join (
    values
    ('create_order', 'POST', '/orders'), ('create_session', 'POST', '/payment-sessions'),
    ('fetch_transaction', 'GET', '/transactions/')
) as x (purpose, method, path)
order by d.number desc;

-- Every hundredth was given back, all but a little.
insert into payment.refunds (
    studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
    price_reduction_minor, currency, cause, reason, status, reference, return_gateway_id,
    requested_at, settled_at
)
select
    d.studio_id, d.family_id, 1000000000 + d.number, 1000000000 + d.number, 'refund', 40000, 0,
    'USD', 'surplus', 'bench', 'done', 'ref-done-' || d.number, 'trxback' || d.number,
    d.happened_at, d.happened_at
from done as d
where mod(d.number, 100) = 0;

-- The first ones are to be, once they are settled.
insert into payment.refunds (
    studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
    price_reduction_minor, currency, cause, reason, reference, waits_for_settlement, requested_at
)
select
    d.studio_id, d.family_id, 1000000000 + d.number, 1000000000 + d.number, 'refund', 40000, 0,
    'USD', 'surplus', 'bench', 'ref-due-' || d.number, true, d.happened_at
from done as d
where d.number <= 20;
update payment.transactions as t
set
    refunded_minor = 40000,
    state = case when d.number > 20 then t.state else 'captured' end,
    state_rank = payment.state_rank(case when d.number > 20 then t.state else 'captured' end)
from done as d
where
    t.studio_id = d.studio_id
    and t.id = 1000000000 + d.number
    and (mod(d.number, 100) = 0 or d.number <= 20);

with posted as (
    insert into payment.ledger_postings (
        studio_id, family_id, registration_id, source, source_id, occurred_on, posted_on,
        amount_minor, entry_count
    )
    select
        d.studio_id, d.family_id, 1000000000 + d.number, x.source, 1000000000 + d.number,
        (d.happened_at at time zone 'UTC')::date, (d.happened_at at time zone 'UTC')::date,
        50000, 2
    from done as d
    cross join (
        values ('registration'), ('sale'), ('application'), ('settlement')
    ) as x (source)
    returning *
)

insert into payment.ledger_entries (
    studio_id, posting_id, number, family_id, account, posted_on, amount_minor
)
select
    p.studio_id, p.id, x.number, p.family_id, x.account, p.posted_on, x.side * p.amount_minor
from posted as p
inner join (
    values
    ('registration', 1, 'receivable', 1),
    ('registration', 2, 'revenue:tuition', -1),
    ('sale', 1, 'cash_in_transit', 1),
    ('sale', 2, 'unapplied', -1),
    ('application', 1, 'receivable', -1),
    ('application', 2, 'unapplied', 1),
    ('settlement', 1, 'cash_in_transit', -1),
    ('settlement', 2, 'cash', 1)
) as x (source, number, account, side) on p.source = x.source;

insert into payment.ledger_marks (studio_id, posted_until)
select distinct d.studio_id, now() from done as d
on conflict do nothing;
