begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
\ir grid.psql
select plan(6);

-- Two studios, each with something that is not public yet; two families at one of them, one at the
-- other, each enrolled, paid and told so.
create function tests.open_what_is_not_public(p_studio text) returns void
language plpgsql
as $$
begin
    perform tests.section('Hidden', p_level => null, p_mode => 'drop_in', p_studio => p_studio);
    perform tests.section('Hidden camp', p_level => null, p_mode => 'tiered', p_studio => p_studio);
    perform tests.section('Camp', p_level => null, p_mode => 'tiered', p_studio => p_studio);
    perform tests.act_as_deploy(p_studio);
    update catalog.classes as c
    set visibility = 'hidden'
    where c.studio_id = auth.studio_id() and c.title in ('Hidden', 'Hidden camp');
    -- A term of next year, with a copy of what all may see this year.
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at
    )
    select
        t.studio_id, 'Draft', t.starts_on + 364, t.ends_on + 364, t.registration_opens_at,
        t.registration_closes_at
    from catalog.terms as t
    where t.studio_id = auth.studio_id() and t.id = tests.term(p_studio);
    insert into catalog.classes (studio_id, term_id, title, discipline, price_mode)
    select t.studio_id, t.id, 'Draft', 'ballet', 'drop_in'
    from catalog.terms as t
    where t.studio_id = auth.studio_id() and t.name = 'Draft';
    insert into catalog.sections (
        studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on
    )
    select
        k.studio_id, k.term_id, k.id, k.price_mode, min(l.id), 'Draft', t.starts_on, t.ends_on
    from catalog.classes as k
    inner join catalog.terms as t on k.studio_id = t.studio_id and k.term_id = t.id
    inner join studio.locations as l on k.studio_id = l.studio_id
    where k.studio_id = auth.studio_id() and k.title = 'Draft'
    group by k.studio_id, k.term_id, k.id, k.price_mode, t.starts_on, t.ends_on;
    insert into catalog.section_times (studio_id, section_id, weekday, starts_at, ends_at)
    select s.studio_id, s.id, 1, '10:00', '11:00'
    from catalog.sections as s
    where s.studio_id = auth.studio_id() and s.name = 'Draft';
    perform catalog.generate_meetings(s.id)
    from catalog.sections as s
    where s.studio_id = auth.studio_id() and s.name = 'Draft';
    perform tests.act_as_operator();
end;
$$;
select tests.open_what_is_not_public('aydt'), tests.open_what_is_not_public('elmst') \g /dev/null
-- A family that is enrolled, has paid, was told so, and has something in its cart again.
create function tests.busy_family(p_name text, p_level text, p_studio text) returns bigint
language plpgsql
as $$
declare
    v_family_id constant bigint := tests.family(p_name, p_studio);
    v_student_id constant bigint := tests.student(v_family_id);
    v_first_id constant bigint := tests.section(p_name, '{1}', p_level, p_studio => p_studio);
    v_second_id constant bigint := tests.section(p_name, '{2}', p_level, p_studio => p_studio);
begin
    perform tests.confirmed(tests.cart(v_student_id, v_first_id));
    perform tests.cart(v_student_id, v_second_id);
    return v_family_id;
end;
$$;
select
    tests.busy_family('Abel', 'senior', 'aydt') as family_a,
    tests.busy_family('Baker', 'senior', 'aydt') as family_b,
    tests.busy_family('Cole', 'open', 'elmst') as family_c,
    tests.busy_family('Dunn', 'open', 'elmst') as family_d \gset
-- A notice of the gateway, at each studio, that points at nothing of ours.
insert into payment.gateway_events (
    merchant_account_id, gateway_id, event_type, resource_type, resource_id, body, status,
    settled_at
)
select m.id, 'of ' || m.code, 'saleAuthorized', 'transaction', 'trx', '{}', 'unmatched', now()
from payment.merchant_accounts as m;

-- What staff noted of something of each, and of nobody's.
select tests.run(
    $$insert into payment.incident_notes (
        studio_id, family_id, incident, since, last_at, act, noted_by
    )
    select p.studio_id, p.family_id, 'payment_stuck:' || p.id, now(), now(), 'actioned', a.id
    from (
        select p.studio_id, p.family_id, p.id from payment.payments as p
        where p.studio_id = auth.studio_id()
        union all
        select auth.studio_id(), null, 0
    ) as p
    cross join (select min(a.id) as id from identity.accounts as a) as a$$, s.studio
)
from (values ('aydt'), ('elmst')) as s (studio);

-- Money of each that was long since to be in a batch of the gateway.
select tests.run(
    $$insert into payment.transactions (
        studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
        state_rank, is_authorized, amount_minor, currency
    )
    select
        t.studio_id, t.family_id, t.payment_id, t.merchant_account_id, 'old' || t.id, 'sale',
        'captured', 40, true, 100, t.currency
    from payment.transactions as t
    where t.studio_id = auth.studio_id()$$,
    s.slug
) from studio.studios as s \g /dev/null
update payment.transactions as t
set updated_at = now() - interval '30 days'
where t.gateway_id like 'old%';

-- A table of rules that has been saved, at each studio.
insert into pricing.rule_sets (studio_id, term_id, kind)
select t.studio_id, t.id, case s.slug when 'aydt' then 'rates' else 'fees' end
from catalog.terms as t
inner join studio.studios as s on t.studio_id = s.id
where t.status = 'published';

-- What the second demo studio lacks.
select tests.run(
    format(
        $$insert into catalog.programs (studio_id, code, name)
        values (auth.studio_id(), 'pointe', 'Pointe');
        insert into pricing.program_prices (studio_id, term_id, program_id, amount_minor)
        select g.studio_id, %1$s, g.id, 100
        from catalog.programs as g
        where g.studio_id = auth.studio_id();
        insert into pricing.family_discounts (studio_id, term_id, min_students, amount_minor)
        values (auth.studio_id(), %1$s, 2, 100)$$, tests.term('elmst')
    ),
    'elmst'
);
-- Something to be had beside every section, and a flat price of a class at each studio.
insert into pricing.add_ons (studio_id, section_id, code, name, amount_minor, required, position)
select s.studio_id, s.id, 'shoes', 'Shoes', 1000, false, 1 from catalog.sections as s;
insert into pricing.class_prices (studio_id, class_id, amount_minor, reason, set_by)
select k.studio_id, min(k.id), 1000, 'test', min(a.id)
from catalog.classes as k
cross join identity.accounts as a
group by k.studio_id;
-- Money kept for each of the families, and what staff take off for it.
insert into pricing.credits (studio_id, family_id, amount_minor, reason, issued_by)
select g.studio_id, g.family_id, 1000, 'test', g.account_id
from identity.guardians as g
where g.family_id in (:family_a, :family_b, :family_c, :family_d);
insert into pricing.adjustments (
    studio_id, family_id, term_id, kind, label, amount_minor, reason, set_by
)
select r.studio_id, r.family_id, r.term_id, 'other', 'Test', -1, 'test', g.account_id
from enrollment.registrations as r
inner join identity.guardians as g on r.studio_id = g.studio_id and r.family_id = g.family_id
where r.family_id in (:family_a, :family_b, :family_c, :family_d);
-- What they have paid without a card, as they say and as staff have recorded it, and what of it went
-- back.
insert into payment.payment_reviews (
    studio_id, family_id, registration_id, kind, amount_minor, currency, reference, submitted_by
)
select r.studio_id, r.family_id, r.id, 'cash', 1000, 'USD', 'test', g.account_id
from enrollment.registrations as r
inner join identity.guardians as g on r.studio_id = g.studio_id and r.family_id = g.family_id
where r.family_id in (:family_a, :family_b, :family_c, :family_d);
-- With no studio in scope nothing is counted, and nothing posted.
set local session_replication_role = replica;
insert into payment.offline_payments (
    studio_id, family_id, registration_id, kind, amount_minor, currency, received_on, recorded_by
)
select v.studio_id, v.family_id, v.registration_id, 'cash', 1000, 'USD', '2027-03-01', v.submitted_by
from payment.payment_reviews as v;
insert into payment.refunds (
    studio_id, family_id, registration_id, offline_payment_id, kind, amount_minor,
    price_reduction_minor, currency, cause, reason, reference, requested_by
)
select
    o.studio_id, o.family_id, o.registration_id, o.id, 'offline', 100, 0, 'USD', 'staff', 'test',
    'test ' || o.id, o.recorded_by
from payment.offline_payments as o;
set local session_replication_role = origin;
-- A card of each, that is charged for a part of what they registered for, and was put off.
insert into payment.stored_methods (
    studio_id, family_id, shopper_id, merchant_account_id, gateway_id
)
select s.studio_id, s.family_id, s.id, s.merchant_account_id, 'stc' || s.id
from payment.shoppers as s
where s.family_id in (:family_a, :family_b, :family_c, :family_d);
insert into payment.payment_plans (
    studio_id, family_id, registration_id, auto_pay, do_capture, stored_method_id
)
select r.studio_id, r.family_id, r.id, true, true, m.id
from enrollment.registrations as r
inner join payment.stored_methods as m on r.studio_id = m.studio_id and r.family_id = m.family_id;
insert into payment.installments (
    studio_id, family_id, registration_id, number, due_on, amount_minor
)
select l.studio_id, l.family_id, l.registration_id, 1, '2027-03-01', 1
from payment.payment_plans as l;
insert into payment.charge_attempts (
    studio_id, family_id, installment_id, number, payment_id, cause
)
select i.studio_id, i.family_id, i.id, 1, p.id, 'schedule'
from payment.installments as i
inner join payment.payments as p
    on i.studio_id = p.studio_id and i.registration_id = p.registration_id;
insert into payment.installment_changes (
    studio_id, family_id, installment_id, kind, reason, amount_minor, due_before, due_on
)
select i.studio_id, i.family_id, i.id, 'rescheduled', 'test', 0, '2027-03-01', '2027-03-02'
from payment.installments as i;
insert into studio.closures (studio_id, starts_on, ends_on, label)
select s.id, '2027-03-01', '2027-03-02', 'Break' from studio.studios as s;
-- And what was changed about a class of theirs.
insert into enrollment.changes (
    studio_id, family_id, registration_id, enrollment_id, kind, effective_on, reason,
    price_change_minor, is_price_set, given_back_minor
)
select
    e.studio_id, e.family_id, e.registration_id, e.id, 'cancelled', '2027-03-01', 'test', 0, true, 0
from enrollment.enrollments as e
where e.family_id in (:family_a, :family_b, :family_c, :family_d);
-- What staff let a line of a price and a class cost them.
insert into pricing.line_overrides (
    studio_id, family_id, term_id, kind, code, amount_minor, reason, set_by
)
select r.studio_id, r.family_id, r.term_id, 'plan_fee', 'monthly', 1, 'test', g.account_id
from enrollment.registrations as r
inner join identity.guardians as g on r.studio_id = g.studio_id and r.family_id = g.family_id
where r.family_id in (:family_a, :family_b, :family_c, :family_d);
insert into pricing.overrides (
    studio_id, family_id, student_id, section_id, amount_minor, reason, set_by
)
select i.studio_id, i.family_id, i.student_id, i.section_id, 1, 'test', g.account_id
from enrollment.cart_items as i
inner join identity.guardians as g on i.studio_id = g.studio_id and i.family_id = g.family_id
inner join enrollment.carts as c on i.studio_id = c.studio_id and i.cart_id = c.id
where c.status = 'open' and i.family_id in (:family_a, :family_b, :family_c, :family_d);
-- What classes ask for, at each studio, also a hidden one and one of a draft; and for each of the
-- families a placement, a request, a waiver and a warning it has acknowledged.
insert into catalog.requirement_sets (studio_id, term_id)
select t.studio_id, t.id from catalog.terms as t where t.status = 'published';
insert into catalog.requirements (studio_id, term_id, class_id, code, kind, enforcement)
select k.studio_id, k.term_id, k.id, 'present_' || k.id, 'parent_present', 'soft_warn'
from catalog.classes as k
where k.title in ('Hidden', 'Camp', 'Draft');
insert into enrollment.placements (studio_id, family_id, student_id, division_id, placed_by)
select u.studio_id, u.family_id, u.id, min(d.id), min(g.account_id)
from identity.students as u
inner join identity.guardians as g on u.studio_id = g.studio_id and u.family_id = g.family_id
inner join catalog.divisions as d on u.studio_id = d.studio_id
where u.family_id in (:family_a, :family_b, :family_c, :family_d)
group by u.studio_id, u.family_id, u.id;
insert into enrollment.approvals (studio_id, family_id, student_id, class_id, kind)
select e.studio_id, e.family_id, e.student_id, s.class_id, 'audition'
from enrollment.enrollments as e
inner join catalog.sections as s on e.studio_id = s.studio_id and e.section_id = s.id
where e.family_id in (:family_a, :family_b, :family_c, :family_d);
insert into enrollment.waitlist_entries (studio_id, family_id, cart_id, student_id, section_id)
select distinct on (a.family_id) a.studio_id, a.family_id, c.id, a.student_id, e.section_id
from enrollment.approvals as a
inner join enrollment.carts as c on a.studio_id = c.studio_id and a.family_id = c.family_id
inner join enrollment.enrollments as e on a.studio_id = e.studio_id and a.family_id = e.family_id;
insert into ops.domain_events (studio_id, kind, subject_id, family_id)
select w.studio_id, 'waitlist.left', w.id, w.family_id from enrollment.waitlist_entries as w;
insert into enrollment.waivers (
    studio_id, family_id, student_id, kind, class_id, reason, granted_by, expires_at
)
select
    a.studio_id, a.family_id, a.student_id, a.kind, a.class_id, 'test', g.account_id,
    now() + interval '1 day'
from enrollment.approvals as a
inner join identity.guardians as g on a.studio_id = g.studio_id and a.family_id = g.family_id;
insert into enrollment.override_uses (
    studio_id, family_id, registration_id, student_id, section_id, code, reason, overridden_by
)
select
    e.studio_id, e.family_id, e.registration_id, e.student_id, e.section_id, 'term_not_open',
    'test', g.account_id
from enrollment.enrollments as e
inner join identity.guardians as g on e.studio_id = g.studio_id and e.family_id = g.family_id
where e.family_id in (:family_a, :family_b, :family_c, :family_d);
insert into enrollment.findings (
    studio_id, family_id, registration_id, student_id, section_id, requirement_id, enforcement,
    code
)
select
    e.studio_id, e.family_id, e.registration_id, e.student_id, e.section_id, min(r.id),
    'soft_warn', 'parent_present_required'
from enrollment.enrollments as e
inner join catalog.requirements as r on e.studio_id = r.studio_id
where e.family_id in (:family_a, :family_b, :family_c, :family_d)
group by e.studio_id, e.family_id, e.registration_id, e.student_id, e.section_id;
-- A discount and a coupon of each.
select tests.discount('{"code": "ours"}'), tests.coupon('{"key": "ours"}') \g /dev/null
select tests.run(
    'insert into pricing.discounts
    (studio_id, term_id, code, label, category, kind, percent_bp, position)
    values (
        auth.studio_id(), tests.term(''elmst''), ''theirs'', ''Theirs'', ''unconditional'',
        ''percent'', 1, 1
    );
    insert into pricing.coupons (studio_id, term_id, key, name, kind, percent_bp)
    values (auth.studio_id(), tests.term(''elmst''), ''theirs'', ''Theirs'', ''percent'', 1)',
    'elmst'
);

-- Everything the API could show, and whose it is.
create view tests.everything as
with public_classes as (
    select c.studio_id, c.id, c.visibility = 'public' and t.status = 'published' as is_public
    from catalog.classes as c
    inner join catalog.terms as t on c.studio_id = t.studio_id and c.term_id = t.id
),

public_sections as (
    select s.studio_id, s.id, c.is_public
    from catalog.sections as s
    inner join public_classes as c on s.studio_id = c.studio_id and s.class_id = c.id
),

things (view, studio_id, family_id, key, is_public) as (
    select 'studios', s.id, null::bigint, s.slug, true from studio.studios as s
    union all
    select 'locations', l.studio_id, null, l.id::text, true from studio.locations as l
    union all
    select 'divisions', d.studio_id, null, d.id::text, true from catalog.divisions as d
    union all
    select 'terms', t.studio_id, null, t.id::text, t.status = 'published' from catalog.terms as t
    union all
    select 'classes', c.studio_id, null, c.id::text, c.is_public from public_classes as c
    union all
    select 'sections', s.studio_id, null, s.id::text, s.is_public from public_sections as s
    union all
    select 'section_times', t.studio_id, null, t.id::text, s.is_public
    from catalog.section_times as t
    inner join public_sections as s on t.studio_id = s.studio_id and t.section_id = s.id
    union all
    select 'section_tiers', t.studio_id, null, t.id::text, s.is_public
    from catalog.section_tiers as t
    inner join public_sections as s on t.studio_id = s.studio_id and t.section_id = s.id
    union all
    select 'meetings', m.studio_id, null, m.id::text, s.is_public
    from catalog.meetings as m
    inner join public_sections as s on m.studio_id = s.studio_id and m.section_id = s.id
    union all
    select 'add_ons', a.studio_id, null, a.id::text, s.is_public
    from pricing.add_ons as a
    inner join public_sections as s on a.studio_id = s.studio_id and a.section_id = s.id
    union all
    select 'class_prices', p.studio_id, null, p.id::text, false from pricing.class_prices as p
    union all
    select 'credits', c.studio_id, c.family_id, c.id::text, false from pricing.credits as c
    union all
    select 'adjustments', a.studio_id, a.family_id, a.id::text, false
    from pricing.adjustments as a
    union all
    select 'line_overrides', o.studio_id, o.family_id, o.id::text, false
    from pricing.line_overrides as o
    union all
    select 'price_overrides', o.studio_id, o.family_id, o.id::text, false
    from pricing.overrides as o
    union all
    select 'families', f.studio_id, f.id, f.id::text, false from identity.families as f
    union all
    select 'guardians', g.studio_id, g.family_id, g.id::text, false from identity.guardians as g
    union all
    select 'students', s.studio_id, s.family_id, s.id::text, false from identity.students as s
    union all
    select 'carts', c.studio_id, c.family_id, c.id::text, false from enrollment.carts as c
    union all
    select 'cart_items', i.studio_id, i.family_id, i.id::text, false
    from enrollment.cart_items as i
    union all
    select 'registrations', r.studio_id, r.family_id, r.id::text, false
    from enrollment.registrations as r
    union all
    select 'enrollment_changes', c.studio_id, c.family_id, c.id::text, false
    from enrollment.changes as c
    union all
    select 'enrollments', e.studio_id, e.family_id, e.id::text, false
    from enrollment.enrollments as e
    union all
    select 'payments', p.studio_id, p.family_id, p.id::text, false from payment.payments as p
    union all
    select 'offline_payments', o.studio_id, o.family_id, o.id::text, false
    from payment.offline_payments as o
    union all
    select 'payment_reviews', v.studio_id, v.family_id, v.id::text, false
    from payment.payment_reviews as v
    union all
    select 'refunds', r.studio_id, r.family_id, r.id::text, false from payment.refunds as r
    union all
    select 'stored_methods', m.studio_id, m.family_id, m.id::text, false
    from payment.stored_methods as m
    union all
    select 'installment_plans', l.studio_id, l.family_id, l.id::text, false
    from payment.payment_plans as l
    union all
    select 'installments', i.studio_id, i.family_id, i.id::text, false
    from payment.installments as i
    union all
    select 'installment_changes', c.studio_id, c.family_id, c.id::text, false
    from payment.installment_changes as c
    union all
    select 'charge_attempts', a.studio_id, a.family_id, a.id::text, false
    from payment.charge_attempts as a
    union all
    select 'closures', c.studio_id, null, c.id::text, false from studio.closures as c
    union all
    select v.view, p.studio_id, p.family_id, p.id::text, false
    from payment.ledger_postings as p
    cross join (values ('family_statement'), ('ledger_entries')) as v (view)
    union all
    select 'family_balances', p.studio_id, p.family_id, p.family_id::text, false
    from payment.ledger_postings as p
    union all
    select
        'trial_balance', s.id, null,
        a.code || ' ' || (
            select coalesce(sum(e.amount_minor), 0)
            from payment.ledger_entries as e
            where e.studio_id = s.id and e.account = a.code
        ), false
    from studio.studios as s
    cross join payment.ledger_accounts as a
    union all
    select 'unmatched', t.studio_id, null, t.gateway_id, false
    from payment.transactions as t
    where t.gateway_id like 'old%'
    union all
    select 'messages', m.studio_id, m.family_id, m.id::text, false from messaging.messages as m
    union all
    select 'rule_sets', r.studio_id, null, r.kind, false from pricing.rule_sets as r
    union all
    select 'rates', r.studio_id, null, concat_ws(' ', r.term_id, r.weekly_count), false
    from pricing.rates as r
    union all
    select 'program_prices', p.studio_id, null, concat_ws(' ', p.term_id, g.code), false
    from pricing.program_prices as p
    inner join catalog.programs as g on p.studio_id = g.studio_id and p.program_id = g.id
    union all
    select 'fee_rules', f.studio_id, null, concat_ws(' ', f.term_id, f.code), false
    from pricing.fee_rules as f
    union all
    select 'family_discounts', d.studio_id, null, d.term_id::text, false
    from pricing.family_discounts as d
    union all
    select 'payment_plans', p.studio_id, null, concat_ws(' ', p.term_id, p.code), false
    from pricing.payment_plans as p
    union all
    select 'discounts', d.studio_id, null, d.code, false from pricing.discounts as d
    union all
    select 'coupons', c.studio_id, null, c.key, false from pricing.coupons as c
    union all
    select 'requirement_sets', s.studio_id, null, 'of ' || s.term_id, false
    from catalog.requirement_sets as s
    union all
    select 'requirements', r.studio_id, null, r.id::text, coalesce(c.is_public, true)
    from catalog.requirements as r
    left join public_classes as c on r.studio_id = c.studio_id and r.class_id = c.id
    union all
    select 'placements', p.studio_id, p.family_id, p.id::text, false
    from enrollment.placements as p
    union all
    select 'approvals', a.studio_id, a.family_id, a.id::text, false
    from enrollment.approvals as a
    union all
    select 'waivers', w.studio_id, w.family_id, w.id::text, false from enrollment.waivers as w
    union all
    select 'waitlist_entries', w.studio_id, w.family_id, w.id::text, false
    from enrollment.waitlist_entries as w
    union all
    select 'section_counts', s.studio_id, null, s.id::text, false from catalog.sections as s
    union all
    select 'waitlist_events', e.studio_id, e.family_id, e.id::text, false
    from ops.domain_events as e where e.kind = 'waitlist.left'
    union all
    select 'findings', f.studio_id, f.family_id, f.id::text, false from enrollment.findings as f
    union all
    select 'override_uses', o.studio_id, o.family_id, o.id::text, false
    from enrollment.override_uses as o
    union all
    select 'incident_notes', n.studio_id, n.family_id, n.id::text, false
    from payment.incident_notes as n
    union all
    select 'incidents', m.studio_id, null, e.gateway_id, false
    from payment.gateway_events as e
    inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
)

select t.view, s.slug as studio, t.family_id, t.key, t.is_public
from things as t
inner join studio.studios as s on t.studio_id = s.id;

create temporary table callers (
    caller text, role text, studio text, family_id bigint, account_id bigint
);
insert into callers values
('anon', 'anon', 'aydt', null, null),
('fam_a', 'customer', 'aydt', :family_a, tests.guardian_of(:family_a)),
('fam_b', 'customer', 'aydt', :family_b, tests.guardian_of(:family_b)),
('fam_c', 'customer', 'elmst', :family_c, tests.guardian_of(:family_c)),
('teacher', 'instructor', 'aydt', null, tests.worker('instructor')),
('desk', 'staff', 'aydt', null, tests.worker('staff')),
-- staff that acts for family A
('desk_a', 'staff', 'aydt', :family_a, tests.worker('staff')),
('owner', 'owner', 'aydt', null, tests.worker('owner')),
('desk_e', 'staff', 'elmst', null, tests.worker('staff', 'elmst'));

-- What one caller reads of one view; null when it may not.
create function tests.keys_seen(p_view text) returns text []
language plpgsql
as $$
declare
    v_keys text [];
begin
    execute format(
        'select array_agg((%s)::text) from api.%I as v',
        case p_view
            when 'studios' then 'v.slug'
            when 'incidents' then 'v.details ->> ''notice'''
            when 'requirement_sets' then '''of '' || v.term_id'
            when 'rule_sets' then 'v.kind'
            when 'section_counts' then 'v.section_id'
            when 'rates' then 'concat_ws('' '', v.term_id, v.weekly_count)'
            when 'program_prices' then 'concat_ws('' '', v.term_id, v.program)'
            when 'fee_rules' then 'concat_ws('' '', v.term_id, v.code)'
            when 'family_discounts' then 'v.term_id'
            when 'payment_plans' then 'concat_ws('' '', v.term_id, v.code)'
            when 'discounts' then 'v.code'
            when 'coupons' then 'v.key'
            when 'family_balances' then 'v.family_id'
            when 'family_statement' then 'v.posting_id'
            when 'ledger_entries' then 'v.posting_id'
            when 'unmatched' then 'v.details ->> ''transaction'''
            when 'trial_balance' then 'concat_ws('' '', v.account, v.balance_minor)'
            else 'v.id'
        end,
        p_view
    ) into v_keys;
    return coalesce(v_keys, '{}');
exception
    when insufficient_privilege then
        return null;
end;
$$;

-- In a word: nothing is "refused" or "none"; the others are exactly these rows and no other.
create function tests.seen(p_view text, p_caller text) returns text
language plpgsql
as $$
declare
    v_caller callers;
    v_keys text [];
begin
    select c.* into strict v_caller from callers as c where c.caller = p_caller;
    perform tests.act_as(
        v_caller.role,
        coalesce(
            tests.claims(v_caller.account_id, v_caller.role, v_caller.studio), '{}'
        ),
        jsonb_strip_nulls(
            jsonb_build_object('x-studio', v_caller.studio, 'x-family', v_caller.family_id::text)
        )
    );
    v_keys := tests.keys_seen(p_view);
    perform tests.act_as_operator();
    return (
        select
            case
                when v_keys is null then 'refused'
                when v_keys = '{}' then 'none'
                when v_keys <@ k.own and v_keys @> k.own then 'own'
                when v_keys <@ k.studio and v_keys @> k.studio then 'studio'
                when v_keys <@ k.public and v_keys @> k.public then 'public'
                else cardinality(v_keys) || '?'
            end
        from (
            select
                array_agg(e.key) filter (where e.family_id = v_caller.family_id) as own,
                array_agg(e.key) filter (where e.studio = v_caller.studio) as studio,
                array_agg(e.key) filter (
                    where e.studio = v_caller.studio and e.is_public
                ) as public
            from tests.everything as e
            where e.view = p_view
        ) as k
    );
end;
$$;

create temporary table seen as
select v.view as name, c.caller as col, tests.seen(v.view, c.caller) as cell
from (select distinct e.view from tests.everything as e) as v
cross join callers as c;

select diag(g.line)
from tests.draw_grid(
    'select s.name, s.col, s.cell from seen as s',
    'view', 'anon', 'fam_a', 'fam_b', 'fam_c', 'teacher', 'desk', 'desk_a', 'owner', 'desk_e'
) as g (line);

-- own: the family's; studio: all of the studio; public: what is published of it.
select set_eq(
    'select s.name, s.col, s.cell from seen as s',
    $$
        select g.name, g.col, g.cell
        from tests.read_grid(
            '
            view               anon    fam_a   fam_b   fam_c   teacher desk   desk_a owner  desk_e
            studios            studio  studio  studio  studio  studio  studio studio studio studio
            locations          studio  studio  studio  studio  studio  studio studio studio studio
            divisions          studio  studio  studio  studio  studio  studio studio studio studio
            terms              public  public  public  public  public  studio studio studio studio
            waivers            refused own     own     own     refused studio own    studio studio
            waitlist_entries   refused own     own     own     refused studio own    studio studio
            waitlist_events    refused refused refused refused refused studio own    studio studio
            section_counts     refused refused refused refused refused studio studio studio studio
            classes            public  public  public  public  public  studio studio studio studio
            sections           public  public  public  public  public  studio studio studio studio
            section_tiers      public  public  public  public  public  studio studio studio studio
            section_times      public  public  public  public  public  studio studio studio studio
            meetings           public  public  public  public  public  studio studio studio studio
            add_ons            public  public  public  public  public  studio studio studio studio
            family_balances    refused own     own     own     refused studio own    studio studio
            family_statement   refused own     own     own     refused studio own    studio studio
            ledger_entries     refused refused refused refused refused refused refused studio refused
            unmatched          refused refused refused refused refused studio studio studio studio
            trial_balance      refused refused refused refused refused refused refused studio refused
            families           refused own     own     own     refused studio own    studio studio
            guardians          refused own     own     own     refused studio own    studio studio
            students           refused own     own     own     refused studio own    studio studio
            carts              refused own     own     own     refused studio own    studio studio
            cart_items         refused own     own     own     refused studio own    studio studio
            registrations      refused own     own     own     refused studio own    studio studio
            requirement_sets   refused refused refused refused refused studio studio studio studio
            requirements       public  public  public  public  public  studio studio studio studio
            enrollment_changes refused own     own     own     refused studio own    studio studio
            enrollments        refused own     own     own     refused studio own    studio studio
            payments           refused own     own     own     refused studio own    studio studio
            offline_payments   refused own     own     own     refused studio own    studio studio
            payment_reviews    refused own     own     own     refused studio own    studio studio
            refunds            refused own     own     own     refused studio own    studio studio
            stored_methods     refused own     own     own     refused studio own    studio studio
            installment_plans  refused own     own     own     refused studio own    studio studio
            installments       refused own     own     own     refused studio own    studio studio
            installment_changes refused refused refused refused refused studio own    studio studio
            charge_attempts    refused refused refused refused refused studio own    studio studio
            closures           refused refused refused refused refused studio studio studio studio
            placements         refused own     own     own     refused studio own    studio studio
            messages           refused own     own     own     refused studio own    studio studio
            credits            refused own     own     own     refused studio own    studio studio
            adjustments        refused refused refused refused refused studio own    studio studio
            approvals          refused own     own     own     refused studio own    studio studio
            line_overrides     refused refused refused refused refused studio own    studio studio
            price_overrides    refused refused refused refused refused studio own    studio studio
            class_prices       refused refused refused refused refused studio studio studio studio
            incident_notes     refused refused refused refused refused studio own    studio studio
            incidents          refused refused refused refused refused studio studio studio studio
            rule_sets          refused refused refused refused refused studio studio studio studio
            rates              refused refused refused refused refused studio studio studio studio
            program_prices     refused refused refused refused refused studio studio studio studio
            fee_rules          refused refused refused refused refused studio studio studio studio
            findings           refused own     own     own     refused studio own    studio studio
            override_uses      refused refused refused refused refused studio own    studio studio
            family_discounts   refused refused refused refused refused studio studio studio studio
            payment_plans      refused refused refused refused refused studio studio studio studio
            discounts          refused refused refused refused refused studio studio studio studio
            coupons            refused refused refused refused refused studio studio studio studio
            '
        ) as g
    $$,
    'every caller sees just the rows of the table above'
);
select set_eq(
    $$
        select r.name from tests.own_relations as r
        where r.schema = 'api' and r.kind = 'v' and r.name <> 'error_codes'
    $$,
    'select distinct e.view from tests.everything as e',
    'every view of the API is in it, but for the error codes, which are the same for all'
);
-- A view without rows of each kind would show nothing to prove.
select is_empty(
    $$
        select e.view
        from tests.everything as e
        group by e.view
        having
            count(distinct e.studio) < 2
            or (count(e.family_id) > 0 and count(distinct e.family_id) < 4)
            or (e.view in (
                    'terms', 'classes', 'sections', 'section_tiers', 'section_times', 'meetings',
                    'add_ons'
                )
                and count(*) filter (where not e.is_public and e.studio = 'elmst') = 0)
    $$,
    'each view has rows of two studios, of four families, or that are not public'
);

-- The comparison sees what it should.
alter policy carts_customer_select on enrollment.carts
using (studio_id = (select auth.studio_id()));
select is(tests.seen('carts', 'fam_a'), 'studio', 'a policy without the family shows all families');
alter policy terms_anon_select on catalog.terms
using (status = 'published');
select matches(tests.seen('terms', 'anon'), '\?', 'one without the studio shows other studios');
drop policy students_staff_select on identity.students;
select is(tests.seen('students', 'desk'), 'none', 'and without a policy there is nothing');

select * from finish();
rollback;
