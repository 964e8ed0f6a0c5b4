-- Families of the demo studio elmst that wait at a hosted page: each has a held seat in its section
-- without a limit, and an open payment. Run by an operator as role deploy, with that studio in
-- scope. Settings: bench.families, how many; bench.tag, of those of this time.
-- Answers reference and amount of each payment, as the gateway gets them.

create temporary table waiting on commit drop as
select
    n.number,
    format('%s %s', current_setting('bench.tag'), n.number) as name,
    null::bigint as family_id,
    null::bigint as student_id,
    null::bigint as cart_id,
    null::bigint as registration_id,
    null::bigint as shopper_id
from generate_series(1, current_setting('bench.families')::integer) as n (number);
create index on waiting (name);

with added as (
    insert into identity.families (studio_id, name)
    select auth.studio_id(), w.name from waiting as w
    returning id, name
)

update waiting as w set family_id = a.id from added as a where w.name = a.name;
create index on waiting (family_id);
analyze waiting;

with added as (
    insert into identity.accounts (email, full_name)
    select format('%s@bench.example', replace(w.name, ' ', '-')), w.name from waiting as w
    returning id, full_name
)

insert into identity.guardians (studio_id, family_id, account_id, is_primary)
select auth.studio_id(), w.family_id, a.id, true
from added as a inner join waiting as w on a.full_name = w.name;

with added as (
    insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
    select auth.studio_id(), w.family_id, 'Ana', 'Bench', date '2014-05-01' from waiting as w
    returning id, family_id
)

update waiting as w set student_id = a.id from added as a where w.family_id = a.family_id;

with added as (
    insert into enrollment.carts (studio_id, family_id, term_id, status)
    select auth.studio_id(), w.family_id, t.id, 'checked_out'
    from waiting as w inner join catalog.terms as t on t.studio_id = auth.studio_id()
    returning id, family_id
)

update waiting as w set cart_id = a.id from added as a where w.family_id = a.family_id;

with priced as (
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, total_minor, lines, parts
    )
    select
        auth.studio_id(), w.family_id, w.cart_id, p.term_id, p.id, p.auto_pay, now(),
        pricing.engine_version(), '{}', 50000,
        array[
            (
                w.cart_id, null, 'adjustment', 'none', null, '{}', 50000, 'pricing.adjustments',
                0, 1
            )::pricing.line
        ],
        array[(1, t.starts_on, 50000)::pricing.part]
    from waiting as w
    inner join pricing.payment_plans as p on p.studio_id = auth.studio_id() and p.code = 'full'
    inner join catalog.terms as t on t.studio_id = auth.studio_id()
    returning *
),

held as (
    insert into enrollment.registrations (
        studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
    )
    select
        q.studio_id, q.family_id, q.term_id, q.cart_id, q.id, q.total_minor,
        now() + interval '1 day'
    from priced as q
    returning id, family_id
)

update waiting as w set registration_id = h.id from held as h where w.family_id = h.family_id;

with enrolled as (
    insert into enrollment.enrollments (
        studio_id, family_id, registration_id, student_id, section_id, price_mode
    )
    select auth.studio_id(), w.family_id, w.registration_id, w.student_id, c.id, c.price_mode
    from waiting as w
    inner join catalog.sections as c on c.studio_id = auth.studio_id() and c.capacity is null
    returning *
)

insert into enrollment.seats (
    studio_id, family_id, enrollment_id, student_id, section_id, dates, during, unshared
)
select
    e.studio_id, e.family_id, e.id, e.student_id, e.section_id, p.dates, p.during, p.during
from enrolled as e
inner join catalog.section_spans as p
    on e.studio_id = p.studio_id and e.section_id = p.section_id;

with added as (
    insert into payment.shoppers (
        studio_id, family_id, merchant_account_id, reference, gateway_id
    )
    select auth.studio_id(), w.family_id, m.id, replace('shp-' || w.name, ' ', '-'), replace('shp' || w.name, ' ', '')
    from waiting as w
    inner join payment.merchant_accounts as m
        on m.studio_id = auth.studio_id() and m.status = 'active'
    returning id, family_id
)

update waiting as w set shopper_id = a.id from added as a where w.family_id = a.family_id;

with begun as (
    insert into payment.payments (
        studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
        amount_minor, currency, return_url, cancel_url, order_ref, session_ref, session_url,
        session_ends_at
    )
    select
        auth.studio_id(), w.family_id, w.registration_id, m.id, w.shopper_id,
        replace('pay-' || w.name, ' ', '-'), 50000, studio.currency(), 'https://bench.example/back',
        'https://bench.example/cancel', replace('ord' || w.name, ' ', ''),
        replace('pss' || w.name, ' ', ''),
        'https://bench.example/page', now() + interval '1 day'
    from waiting as w
    inner join payment.merchant_accounts as m
        on m.studio_id = auth.studio_id() and m.status = 'active'
    returning *
)

select
    b.reference,
    payment.gateway_amount(b.amount_minor, b.currency) as total
from begun as b
order by b.id;
