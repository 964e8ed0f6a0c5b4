-- A studio of families that pay in two parts: the first one in cash, the second due on one day, of a
-- stored card. Run by the superuser, for whom triggers can rest: each part would look at all money
-- of its registration, and the caller looks afterwards whether what is open is what is owed.
-- Settings: bench.slug, of the studio; bench.parts, how many are due; bench.per_family, how many of
-- them are one family's, each of a registration of its own; bench.due_on, the day.
set local session_replication_role = replica;

insert into studio.studios (slug, name, timezone, currency)
values (current_setting('bench.slug'), 'Charging Studio', 'America/New_York', 'USD');

create temporary table here on commit drop as
select s.id as studio_id
from studio.studios as s
where s.slug = current_setting('bench.slug');

insert into studio.settings overriding user value
select
    (
        jsonb_populate_record(
            null::studio.settings, to_jsonb(o) || jsonb_build_object('studio_id', h.studio_id)
        )
    ).*
from here as h
cross join studio.settings as o
inner join studio.studios as s on o.studio_id = s.id and s.slug = 'aydt'
where o.term_id is null;

with term as (
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at, status
    )
    select
        h.studio_id, 'Spring', current_setting('bench.due_on')::date,
        current_setting('bench.due_on')::date + 145, now() - interval '1 day',
        now() + interval '28 days', 'published'
    from here as h
    returning studio_id, id
)

insert into pricing.payment_plans (
    studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout
)
select t.studio_id, t.id, 'monthly', 'monthly', 'Auto-pay monthly', 2, true, false from term as t;

-- Its host has no address, so that nothing is sent.
insert into payment.merchant_accounts (studio_id, code, alias, merchant_ref, host)
select
    h.studio_id, replace(current_setting('bench.slug'), '-', '_'), 'bench', 'mchbench', 'nowhere'
from here as h;

insert into identity.accounts (email, full_name)
values (current_setting('bench.slug') || '@bench.example', 'Owner');

insert into identity.families (studio_id, name)
select h.studio_id, 'Family ' || n.number
from here as h
cross join generate_series(
    1, current_setting('bench.parts')::integer / current_setting('bench.per_family')::integer
) as n (number);

insert into payment.shoppers (studio_id, family_id, merchant_account_id, reference, gateway_id)
select f.studio_id, f.id, m.id, 'shp-bench-' || f.id, 'shpbench' || f.id
from here as h
inner join identity.families as f on h.studio_id = f.studio_id
inner join payment.merchant_accounts as m on h.studio_id = m.studio_id;

insert into payment.stored_methods (
    studio_id, family_id, shopper_id, merchant_account_id, gateway_id, expires_on
)
select
    p.studio_id, p.family_id, p.id, p.merchant_account_id, 'stcbench' || p.id,
    current_setting('bench.due_on')::date + 365
from here as h
inner join payment.shoppers as p on h.studio_id = p.studio_id;

insert into enrollment.carts (studio_id, family_id, term_id, status)
select f.studio_id, f.id, t.id, 'checked_out'
from here as h
inner join identity.families as f on h.studio_id = f.studio_id
inner join catalog.terms as t on h.studio_id = t.studio_id
cross join generate_series(1, current_setting('bench.per_family')::integer);

insert into pricing.quotes (
    studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version, inputs,
    total_minor, lines, parts
)
select
    c.studio_id, c.family_id, c.id, c.term_id, p.id, p.auto_pay, now(), pricing.engine_version(),
    '{}', 60000,
    array[
        (
            c.id, null, 'adjustment', 'none', null, '{}', 60000, 'pricing.adjustments', 0, 1
        )::pricing.line
    ],
    array[
        (1, current_setting('bench.due_on')::date - 30, 30000)::pricing.part,
        (2, current_setting('bench.due_on')::date, 30000)::pricing.part
    ]
from here as h
inner join enrollment.carts as c on h.studio_id = c.studio_id
inner join pricing.payment_plans as p on h.studio_id = p.studio_id;

-- A family has one pending registration at a time, so they come confirmed: by a row that has the
-- number of their quote.
insert into enrollment.registrations (
    studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at, status,
    confirmation_id
)
select
    q.studio_id, q.family_id, q.term_id, q.cart_id, q.id, q.total_minor, now(), 'confirmed', q.id
from here as h
inner join pricing.quotes as q on h.studio_id = q.studio_id;

insert into payment.offline_payments (
    studio_id, family_id, registration_id, kind, amount_minor, currency, received_on, recorded_by
)
select
    r.studio_id, r.family_id, r.id, 'cash', 30000, 'USD',
    current_setting('bench.due_on')::date - 30, a.id
from here as h
inner join enrollment.registrations as r on h.studio_id = r.studio_id
inner join identity.accounts as a
    on a.email = current_setting('bench.slug') || '@bench.example';

insert into enrollment.confirmations (
    studio_id, id, family_id, registration_id, cause, amount_minor, offline_payment_id
)
overriding system value
select
    o.studio_id, r.confirmation_id, o.family_id, o.registration_id, 'offline', o.amount_minor, o.id
from here as h
inner join payment.offline_payments as o on h.studio_id = o.studio_id
inner join enrollment.registrations as r
    on o.studio_id = r.studio_id and o.registration_id = r.id;

insert into payment.payment_plans (
    studio_id, family_id, registration_id, auto_pay, do_capture, stored_method_id
)
select r.studio_id, r.family_id, r.id, true, true, m.id
from here as h
inner join enrollment.registrations as r on h.studio_id = r.studio_id
inner join payment.stored_methods as m
    on r.studio_id = m.studio_id and r.family_id = m.family_id;

insert into payment.installments (
    studio_id, family_id, registration_id, number, due_on, amount_minor, paid_minor, status, paid_at
)
select
    q.studio_id, q.family_id, r.id, p.number, p.due_on, p.amount_minor,
    case p.number when 1 then p.amount_minor else 0 end,
    case p.number when 1 then 'paid' else 'scheduled' end,
    case p.number when 1 then now() end
from here as h
inner join pricing.quotes as q on h.studio_id = q.studio_id
inner join enrollment.registrations as r on q.studio_id = r.studio_id and q.id = r.quote_id
cross join lateral unnest(q.parts) as p;

insert into payment.installment_payments (
    studio_id, family_id, installment_id, offline_payment_id, amount_minor
)
select i.studio_id, i.family_id, i.id, o.id, i.amount_minor
from here as h
inner join payment.installments as i on h.studio_id = i.studio_id and i.number = 1
inner join payment.offline_payments as o
    on i.studio_id = o.studio_id and i.registration_id = o.registration_id;
