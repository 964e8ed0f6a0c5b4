begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(5);

-- What decides who may do what, what is due, and whether it was paid.
create view tests.audited_tables (entity) as
values
('catalog.classes'),
('catalog.divisions'),
('catalog.programs'),
('catalog.requirement_options'),
('catalog.requirements'),
('catalog.section_tiers'),
('catalog.section_times'),
('catalog.sections'),
('catalog.terms'),
('enrollment.approvals'),
('enrollment.confirmations'),
('enrollment.enrollments'),
('enrollment.findings'),
('enrollment.override_uses'),
('enrollment.placements'),
('enrollment.registrations'),
('enrollment.waitlist_entries'),
('enrollment.waivers'),
('identity.accounts'),
('identity.credentials'),
('identity.guardians'),
('payment.batches'),
('payment.charge_attempts'),
('payment.installment_changes'),
('payment.installment_payments'),
('payment.installments'),
('payment.merchant_accounts'),
('payment.payment_plans'),
('payment.offline_payments'),
('payment.payment_reviews'),
('payment.payments'),
('payment.refund_lines'),
('payment.refunds'),
('payment.stored_methods'),
('payment.transactions'),
('pricing.custom_schedules'),
('pricing.add_ons'),
('pricing.adjustments'),
('pricing.class_prices'),
('pricing.credit_uses'),
('pricing.credits'),
('enrollment.changes'),
('pricing.coupon_redemptions'),
('pricing.coupons'),
('pricing.discounts'),
('pricing.date_prices'),
('pricing.family_awards'),
('pricing.family_discounts'),
('pricing.fee_exemptions'),
('pricing.fee_rules'),
('pricing.line_overrides'),
('pricing.overrides'),
('pricing.payment_plans'),
('pricing.program_prices'),
('pricing.rates'),
('pricing.tier_prices'),
('studio.memberships'),
('studio.settings'),
('studio.studios');

create view tests.enabled_audit_triggers as
select
    r.oid,
    r.entity,
    t.tgfoid::regproc as function,
    -- for each row (1), before (2), insert (4), delete (8), update (16)
    t.tgtype & 31 as type,
    -- the columns whose values are recorded
    string_to_array(encode(t.tgargs, 'escape'), '\000') as columns
from tests.own_tables as r
inner join pg_catalog.pg_trigger as t on r.oid = t.tgrelid
where
    t.tgfoid in ('ops.audit'::regproc, 'ops.audit_inserts'::regproc)
    and t.tgenabled in ('O', 'A')
    and t.tgqual is null
    and t.tgattr = ''::int2vector;

-- Every change by its row, or inserts by their statement and the others by their row.
create view tests.audit_triggers as
select t.oid, t.entity, t.columns
from tests.enabled_audit_triggers as t
where
    t.function = 'ops.audit'::regproc
    and (
        t.type = 1 + 4 + 8 + 16
        or (
            t.type = 1 + 8 + 16
            and exists (
                select
                from tests.enabled_audit_triggers as i
                where
                    i.oid = t.oid
                    and i.function = 'ops.audit_inserts'::regproc
                    and i.type = 4
                    and i.columns = t.columns
            )
        )
    );

-- A name that is no column would be recorded as "no change", always.
create view tests.audited_nothings as
select t.entity, a.name
from tests.audit_triggers as t
cross join lateral unnest(t.columns) as a (name)
where
    a.name <> ''
    and not exists (select from tests.own_columns as c where c.oid = t.oid and c.name = a.name);

-- The log outlives what is erased on request, so it holds no words about people.
create view tests.audited_words as
select t.entity, a.name
from tests.audit_triggers as t
cross join lateral unnest(t.columns) as a (name)
where
    a.name ~ '(name|email|phone|address|birth|password|secret|url|reason)'
    -- codes and numbers, not words
    and a.name not in (
        'status_reason', 'password_min_length', 'password_hash_cost', 'refund_reason_length'
    );

select set_eq(
    'select t.entity from tests.audit_triggers as t',
    'table tests.audited_tables',
    'each of these tables records every insert, update and delete, and no other does'
);
select is_empty('table tests.audited_nothings', 'every audited column exists');
select is_empty('table tests.audited_words', 'no audited column holds words about people');
-- A table with amounts is on the list, or only ever added to.
select is_empty(
    $$
        select distinct c.entity
        from tests.own_columns as c
        where
            c.kind in ('r', 'p')
            and c.name ~ '_minor$'
            and c.entity not in (select a.entity from tests.audited_tables as a)
            and not exists (
                select
                from pg_catalog.pg_trigger as t
                where t.tgrelid = c.oid and t.tgfoid = 'ops.refuse_change'::regproc
            )
    $$,
    'every table with an amount is audited or append-only'
);

alter table pricing.rates disable trigger _900_audit;
create or replace trigger _900_audit_insert
after insert on enrollment.enrollments
referencing new table as new_rows
for each statement execute function ops.audit_inserts('registration_id');
create trigger planted after insert or update or delete on enrollment.carts
for each row execute function ops.audit('status', 'statsu', 'family_name');
select set_has(
    $$
        (select a.entity, 'not audited' from tests.audited_tables as a
        except select t.entity, 'not audited' from tests.audit_triggers as t)
        union all select n.entity, n.name from tests.audited_nothings as n
        union all select p.entity, p.name from tests.audited_words as p
    $$,
    $$
        values
        ('pricing.rates', 'not audited'),
        ('enrollment.enrollments', 'not audited'),
        ('enrollment.carts', 'statsu'),
        ('enrollment.carts', 'family_name')
    $$,
    'the rules see a trigger that is off, other columns, a misspelt column and a name'
);

select * from finish();
rollback;
