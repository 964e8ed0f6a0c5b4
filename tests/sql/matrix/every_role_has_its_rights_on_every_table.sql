begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
\ir grid.psql
select plan(6);

-- Which roles stand in which column. From staff on, each role may do what the one before may.
create view tests.roles (role, col) as
values
('anon', 'anon'), ('customer', 'cust'), ('instructor', 'inst'),
('staff', 'staf'), ('manager', 'staf'), ('owner', 'staf'), ('platform_admin', 'staf'),
('auth', 'auth'), ('studio', 'stud'), ('identity', 'iden'), ('catalog', 'cata'),
('pricing', 'pric'), ('enrollment', 'enro'), ('confirmer', 'conf'), ('payment', 'paym'),
('messaging', 'mess'), ('ops', 'ops');

-- S select, I insert, U update, D delete; small: some columns only; -: nothing. Of two cells in one
-- place the first is that of staff, the other that of managers and above.
create view tests.expected_rights as
select
    g.name as entity,
    r.role,
    case
        when g.cell not like '%/%' then g.cell
        else split_part(g.cell, '/', case r.role when 'staff' then 1 else 2 end)
    end as rights
from tests.read_grid(
    $$
relation                      anon cust inst staf auth stud iden cata pric enro conf paym mess ops
api.add_ons                   S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.adjustments               -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.approvals                 -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.cart_items                -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.carts                     -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.charge_attempts           -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.class_prices              -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.classes                   S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.closures                  -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.coupons                   -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.credits                   -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.discounts                 -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.divisions                 S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.enrollment_changes        -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.enrollments               -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.error_codes               S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.families                  -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.family_balances           -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.family_discounts          -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.family_statement          -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.fee_rules                 -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.findings                  -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.guardians                 -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.incident_notes            -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.incidents                 -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.installment_changes       -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.installment_plans         -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.installments              -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.ledger_entries            -    -    -    -/S  -    -    -    -    -    -    -    -    -    -
api.line_overrides            -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.locations                 S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.meetings                  S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.messages                  -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.offline_payments          -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.override_uses             -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.payment_plans             -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.payment_reviews           -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.payments                  -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.placements                -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.price_overrides           -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.program_prices            -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.rates                     -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.refunds                   -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.registrations             -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.requirement_sets          -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.requirements              S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.rule_sets                 -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.section_counts            -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.section_tiers             S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.section_times             S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.sections                  S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.stored_methods            -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.students                  -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.studios                   S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.terms                     S    S    S    S    -    -    -    -    -    -    -    -    -    -
api.trial_balance             -    -    -    -/S  -    -    -    -    -    -    -    -    -    -
api.unmatched                 -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.waitlist_entries          -    S    -    S    -    -    -    -    -    -    -    -    -    -
api.waitlist_events           -    -    -    S    -    -    -    -    -    -    -    -    -    -
api.waivers                   -    S    -    S    -    -    -    -    -    -    -    -    -    -
catalog.classes               S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
catalog.divisions             S    S    S    S    -    -    -    SIUD S    S    -    -    -    -
catalog.meetings              S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
catalog.programs              S    S    S    S    -    -    -    SIUD S    -    -    -    -    -
catalog.requirement_options   S    S    S    S    -    -    -    SIUD -    S    -    -    -    -
catalog.requirement_sets      -    -    -    S    -    -    -    SIUD -    -    -    -    -    -
catalog.requirements          S    S    S    S    -    -    -    SIUD -    S    -    -    -    -
catalog.section_spans         -    -    -    -    -    -    -    SIUD -    S    -    -    -    -
catalog.section_tiers         S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
catalog.section_times         S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
catalog.sections              S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
catalog.terms                 S    S    S    S    -    -    -    SIUD S    S    -    -    S    -
enrollment.approvals          -    S    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.cart_items         -    S    -    S    -    -    -    -    S    SIUD -    -    -    -
enrollment.carts              -    S    -    S    -    -    -    -    S    SIUD -    -    -    -
enrollment.changes            -    S    -    S    -    -    -    -    -    SIUD -    S    -    -
enrollment.checkout_keys      -    -    -    -    -    -    -    -    -    SIUD -    -    -    -
enrollment.confirmations      -    -    -    S    -    -    -    -    -    S    SIUD S    -    -
enrollment.enrollments        -    S    -    S    -    -    -    -    S    SIUD -    S    S    -
enrollment.findings           -    S    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.override_uses      -    -    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.placements         -    S    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.places             -    -    -    -    -    -    -    -    -    SIUD -    -    -    -
enrollment.registrations      -    S    -    S    -    -    -    -    S    SIUD S    S    S    -
enrollment.seats              -    -    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.waitlist_entries   -    S    -    S    -    -    -    -    -    SIUD -    -    S    -
enrollment.waiver_sections    -    S    -    S    -    -    -    -    -    SIUD -    -    -    -
enrollment.waivers            -    S    -    S    -    -    -    -    -    SIUD -    -    -    -
identity.accounts             -    -    -    -    s    -    SIUD -    -    -    -    s    s    -
identity.credentials          -    -    -    -    -    -    SIUD -    -    -    -    -    -    -
identity.families             -    S    -    S    S    -    SIUD -    S    S    -    S    S    -
identity.guardians            -    S    -    S    S    -    SIUD -    -    -    -    S    S    -
identity.sign_in_attempts     -    -    -    -    -    -    SIUD -    -    -    -    -    -    -
identity.signing_keys         -    -    -    -    -    -    SIUD -    -    -    -    -    -    -
identity.students             -    S    -    S    -    -    SIUD -    S    S    -    -    S    -
messaging.delivery_attempts   -    -    -    S    -    -    -    -    -    -    -    -    SIUD -
messaging.messages            -    S    -    S    -    -    -    -    -    -    -    -    SIUD -
messaging.receipts            -    -    -    -    -    -    -    -    -    -    -    -    SIUD -
messaging.suppressions        -    -    -    -    -    -    -    -    -    -    -    -    SIUD -
messaging.templates           -    -    -    S    -    -    -    -    -    -    -    -    SIUD -
ops.applied_sources           -    -    -    -    -    -    -    -    -    -    -    -    -    SIUD
ops.audit_log                 -    -    -    -    -    -    -    -    -    -    -    -    -    SIUD
ops.domain_events             -    -    -    -    -    -    -    -    -    -    -    -    -    SIUD
ops.job_runs                  -    -    -    -    -    -    -    -    -    -    -    -    -    SIUD
ops.status_transitions        -    -    -    -    -    -    -    -    -    -    -    -    -    SIUD
payment.batch_cursors         -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.batch_items           -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.batches               -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.charge_attempts       -    -    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.charge_summaries      -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.gateway_calls         -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.gateway_events        -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.incident_alerts       -    -    -    -    -    -    -    -    -    -    -    SIUD S    -
payment.incident_notes        -    -    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.installment_changes   -    -    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.installment_payments  -    -    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.installments          -    S    -    S    -    -    -    -    -    -    -    SIUD S    -
payment.ledger_accounts       -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.ledger_entries        -    S    -    S    -    -    -    -    -    -    -    SI   -    -
payment.ledger_marks          -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.ledger_periods        -    -    -    -    -    -    -    -    -    -    -    SI   -    -
payment.ledger_postings       -    S    -    S    -    -    -    -    -    -    -    SIu  -    -
payment.ledger_totals         -    -    -    -    -    -    -    -    -    -    -    SI   -    -
payment.merchant_accounts     -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.notice_cursors        -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.offline_payments      -    S    -    S    -    -    -    -    -    -    S    SIUD S    -
payment.payment_plans         -    S    -    S    -    -    -    -    -    -    -    SIUD S    -
payment.payment_reviews       -    S    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.payments              -    s    -    S    -    -    -    -    S    S    S    SIUD S    -
payment.refund_lines          -    S    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.refunds               -    S    -    S    -    -    -    -    -    -    -    SIUD -    -
payment.shoppers              -    -    -    -    -    -    -    -    -    -    -    SIUD -    -
payment.stored_methods        -    s    -    s    -    -    -    -    -    -    -    SIUD -    -
payment.transactions          -    -    -    S    -    -    -    -    -    -    S    SIUD S    -
pricing.add_ons               S    S    S    S    -    -    -    -    SIUD S    -    -    -    -
pricing.adjustments           -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.class_prices          -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.coupon_attempts       -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.coupon_redemptions    -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.coupon_sections       -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.coupons               -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.credit_uses           -    S    -    S    -    -    -    -    SIUD S    -    S    -    -
pricing.credits               -    S    -    S    -    -    -    -    SIUD -    -    S    -    -
pricing.custom_schedule_parts -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.custom_schedules      -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.date_prices           S    S    S    S    -    -    -    -    SIUD -    -    -    -    -
pricing.discount_sections     -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.discounts             -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.family_awards         -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.family_discounts      -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.fee_exemptions        -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.fee_rules             -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.line_overrides        -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.overrides             -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.payment_plans         -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.program_prices        -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.quote_installments    -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.quote_lines           -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.quotes                -    -    -    -    -    -    -    -    SIUD -    -    -    -    -
pricing.rates                 -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.rule_sets             -    -    -    S    -    -    -    -    SIUD -    -    -    -    -
pricing.tier_prices           S    S    S    S    -    -    -    -    SIUD -    -    -    -    -
studio.closures               -    -    -    S    -    SIUD -    -    -    -    -    -    -    -
studio.locations              S    S    S    S    -    SIUD -    -    S    -    -    -    S    -
studio.memberships            -    -    -    S    -    SIUD -    -    -    -    -    -    S    -
studio.settings               -    -    -    -    -    SIUD -    -    -    -    -    -    -    -
studio.studios                S    S    S    S    S    SIUD -    S    -    S    -    -    S    -
    $$
) as g
inner join tests.roles as r on g.col = r.col;

create view tests.actual_rights as
select e.entity, r.role, r.col, coalesce(v.rights, '-') as rights
from tests.own_relations as e
cross join tests.roles as r
cross join lateral (
    select
        string_agg(
            case
                when has_table_privilege(r.role, e.oid, p.verb) then left(p.verb, 1)
                when p.verb = 'DELETE' then null
                when has_any_column_privilege(r.role, e.oid, p.verb) then lower(left(p.verb, 1))
            end,
            '' order by p.position
        ) as rights
    from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
    with ordinality as p (verb, position)
) as v
where e.kind in ('r', 'p', 'v', 'm') and e.schema <> 'report';

select diag(g.line)
from tests.draw_grid(
    'select r.entity as name, r.col, r.rights as cell from tests.actual_rights as r',
    'relation', 'anon', 'cust', 'inst', 'staf', 'auth', 'stud', 'iden', 'cata', 'pric', 'enro',
    'conf', 'paym', 'mess', 'ops'
) as g (line);

create view tests.unexpected_rights as
select
    coalesce(a.entity, e.entity) as entity,
    coalesce(a.role, e.role) as role,
    a.rights as actual,
    e.rights as expected
from tests.actual_rights as a
full join tests.expected_rights as e on a.entity = e.entity and a.role = e.role
where a.rights is distinct from e.rights;

select is_empty(
    'table tests.unexpected_rights', 'every role has the rights of the table above on each table'
);
-- Which columns the small letters mean.
select set_eq(
    $$
        select c.entity, a.grantee::regrole::text, string_agg(c.name, ' ' order by c.number)
        from tests.own_columns as c
        inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and c.number = t.attnum
        cross join lateral aclexplode(t.attacl) as a
        group by c.entity, a.grantee
    $$,
    $$
        values
        ('identity.accounts', 'auth', 'id status token_version'),
        ('identity.accounts', 'messaging', 'id email full_name phone'),
        ('identity.accounts', 'payment', 'id full_name'),
        -- what a foreign key needs of an owner who may change nothing
        ('payment.ledger_postings', 'payment', 'id'),
        (
            'payment.payments', 'customer',
            'studio_id id family_id registration_id amount_minor currency status '
            || 'session_ends_at created_at installment_id'
        ),
        (
            'payment.stored_methods', 'customer',
            'studio_id id family_id card_scheme card_last4 expires_on status created_at'
        ),
        (
            'payment.stored_methods', 'staff',
            'studio_id id family_id card_scheme card_last4 expires_on status created_at'
        )
    $$,
    'where a role reads some columns only, it reads just those it needs'
);
-- What logs in, and what only groups roles, reads and writes nothing by itself.
select is_empty(
    $$
        select r.role, t.entity
        from tests.own_tables as t
        cross join (
            values ('authenticator'), ('scheduler'), ('thin_api'), ('domain'), ('api'), ('report')
        ) as r (role)
        where
            has_any_column_privilege(r.role, t.oid, 'select, insert, update')
            or has_table_privilege(r.role, t.oid, 'delete, truncate, trigger')
    $$,
    'logins and groups have no right on any table'
);
select is_empty(
    $$
        select s.entity, a.grantee::regrole
        from tests.own_relations as s
        cross join lateral aclexplode(s.acl) as a
        where s.kind = 'S' and a.grantee <> to_regrole(s.owner)
    $$,
    'nobody but its table takes numbers from a sequence'
);

grant select (email) on identity.accounts to customer;
grant delete on pricing.rates to manager;
create table catalog.planted (id bigint);
select set_eq(
    $$
        select u.entity, u.role, u.actual, u.expected
        from tests.unexpected_rights as u
        where u.expected is not null
    $$,
    $$
        values
        ('identity.accounts', 'customer', 's', '-'),
        ('pricing.rates', 'manager', 'SD', 'S'),
        ('pricing.rates', 'owner', 'SD', 'S'),
        ('pricing.rates', 'platform_admin', 'SD', 'S')
    $$,
    'the comparison sees a column and a verb too many, also where a role inherits it'
);
select set_has(
    'select u.entity from tests.unexpected_rights as u',
    $$values ('catalog.planted')$$,
    'the comparison sees a table that nobody has thought about'
);

select * from finish();
rollback;
