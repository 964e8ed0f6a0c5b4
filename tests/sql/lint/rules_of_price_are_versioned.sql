begin;
set local search_path = tap, public;
-- quiet about what truncate would empty as well
set local client_min_messages = warning;
\ir catalog.psql
select plan(51);

-- A rule is what can be superseded.
create view tests.versioned_tables as
select r.oid, r.entity, r.owner
from tests.own_tables as r
where
    r.schema = 'pricing'
    and exists (
        select from tests.own_columns as c where c.oid = r.oid and c.name = 'superseded_at'
    );

create view tests.guards as
select t.tgrelid as oid, t.tgtype as type
from pg_catalog.pg_trigger as t
where
    t.tgfoid = 'pricing.refuse_edit'::regproc
    and t.tgenabled in ('O', 'A')
    and t.tgqual is null
    and t.tgattr = ''::int2vector;

create view tests.unguarded_rules as
select v.entity
from tests.versioned_tables as v
where
    -- before (2) update (16) for each row (1)
    not exists (select from tests.guards as g where g.oid = v.oid and g.type & 19 = 19)
    -- before delete (8) and truncate (32), which is for statements
    or not exists (select from tests.guards as g where g.oid = v.oid and g.type & 43 = 42);

create view tests.overlapping_rules as
select v.entity
from tests.versioned_tables as v
where
    not exists (
        select
        from pg_catalog.pg_constraint as c
        where
            c.conrelid = v.oid
            and c.contype = 'x'
            and pg_get_constraintdef(c.oid) like '%tstzrange(valid_from, superseded_at) WITH &&%'
            -- of one studio; of all its rows
            and pg_get_constraintdef(c.oid) like '%(studio_id WITH =%'
            and pg_get_constraintdef(c.oid) not like '% WHERE %'
    );

select set_eq(
    'select v.entity from tests.versioned_tables as v',
    array[
        'pricing.add_ons',
        'pricing.class_prices',
        'pricing.coupons',
        'pricing.custom_schedules',
        'pricing.date_prices',
        'pricing.discounts',
        'pricing.family_discounts',
        'pricing.fee_rules',
        'pricing.line_overrides',
        'pricing.overrides',
        'pricing.payment_plans',
        'pricing.program_prices',
        'pricing.rates',
        'pricing.tier_prices'
    ],
    'these tables have versions'
);
select is_empty('table tests.unguarded_rules', 'each of them refuses edits and deletion');
select is_empty('table tests.overlapping_rules', 'each of them refuses two versions at once');

-- Alive: not even the owner may. What points at a table is emptied with it, so only a superuser
-- comes as far as to empty one.
select tests.worker() as staff \gset
select tests.student(tests.family()) as student \gset
select tests.section('Overridden') as section \gset
select tests.override(:staff, :student, :section, 100) as override \gset
-- What the demo has no row of.
select tests.discount() as discount, tests.coupon() as coupon \gset
select tests.open_cart(:student) as cart \gset
select tests.run(
    format(
        $$
        insert into pricing.class_prices (studio_id, class_id, amount_minor, reason, set_by)
        select s.studio_id, s.class_id, 100, 'test', %1$s
        from catalog.sections as s
        where s.id = %2$s;
        insert into pricing.custom_schedules (studio_id, family_id, cart_id, reason, set_by)
        select c.studio_id, c.family_id, c.id, 'test', %1$s
        from enrollment.carts as c
        where c.id = %3$s;
        insert into pricing.line_overrides (
            studio_id, family_id, term_id, kind, code, amount_minor, reason, set_by
        )
        select c.studio_id, c.family_id, c.term_id, 'fee', 'costume', 100, 'test', %1$s
        from enrollment.carts as c
        where c.id = %3$s
        $$, :staff, :section, :cart
    )
);
create function tests.refusal(p_role text, p_statement text)
returns text
language plpgsql
as $$
declare
    v_error jsonb;
begin
    if p_statement not like 'truncate%' then
        perform tests.act_as_deploy();
        perform set_config('role', p_role, true);
    end if;
    v_error := tests.error(p_statement);
    perform tests.act_as_operator();
    return concat_ws(' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'entity');
end;
$$;
select is(
    tests.refusal(v.owner, format(s.statement, v.entity)),
    'rule_is_versioned ' || v.entity,
    format(s.statement, v.entity)
)
from tests.versioned_tables as v
cross join (
    values
    ('update %s set valid_from = valid_from - interval ''1 day'', superseded_at = now()'),
    ('delete from %s'),
    ('truncate %s cascade')
) as s (statement)
order by v.entity, s.statement;

-- Superseded once and for all.
select tests.supersede('rates', 'true', p_at => now() - interval '1 ms');
select is(
    tests.refusal('pricing', s.statement), 'rule_is_versioned pricing.rates', s.what
)
from (
    values
    ('update pricing.rates set superseded_at = null', 'what is superseded does not come back'),
    ('update pricing.rates set superseded_at = now()', 'nor does it end another time')
) as s (statement, what);

create table pricing.planted (studio_id integer, valid_from timestamptz, superseded_at timestamptz);
alter table pricing.planted owner to pricing;
select set_eq(
    'table tests.unguarded_rules', array['pricing.planted'],
    'the rule sees a table without triggers'
);
select set_eq(
    'table tests.overlapping_rules', array['pricing.planted'],
    'the rule sees a table without the constraint'
);
alter table pricing.fee_rules disable trigger _000_refuse_deletion;
alter table pricing.rates disable trigger _000_refuse_edit;
select set_eq(
    'table tests.unguarded_rules',
    array['pricing.planted', 'pricing.fee_rules', 'pricing.rates'],
    'the rule sees a trigger that is switched off'
);
drop table pricing.planted;
alter table pricing.fee_rules drop constraint fee_rules_one_at_a_time;
select set_eq(
    'table tests.overlapping_rules', array['pricing.fee_rules'],
    'the rule sees a constraint that is gone'
);

select * from finish();
rollback;
