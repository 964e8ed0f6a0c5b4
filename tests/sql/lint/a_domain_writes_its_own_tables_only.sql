begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(9);

create view tests.writes_across_domains as
select d.name as role, t.entity, v.verb
from tests.domain_roles as d
cross join tests.own_tables as t
cross join (values ('insert'), ('update'), ('delete'), ('truncate')) as v (verb)
where
    d.name <> t.keeper
    and (
        has_table_privilege(d.name, t.oid, v.verb)
        or (
            v.verb in ('insert', 'update') and has_any_column_privilege(d.name, t.oid, v.verb)
        )
    );

-- Who is a member of a domain's role could become it.
create view tests.members_of_domains as
select m.member::regrole::text as member, m.roleid::regrole::text as role
from pg_catalog.pg_auth_members as m
inner join tests.domain_roles as d on m.roleid = to_regrole(d.name)
where m.member <> to_regrole('deploy');

select is_empty('table tests.writes_across_domains', 'no domain may write another one''s tables');
select is_empty('table tests.members_of_domains', 'no role but deploy can become a domain');
select is_empty(
    $$
        select d.name
        from tests.domain_roles as d
        where
            d.name <> 'confirmer'
            and has_any_column_privilege(d.name, 'enrollment.confirmations', 'insert')
    $$,
    'confirmer alone may say that a registration is confirmed'
);

grant truncate on enrollment.carts to payment;
grant update (amount_minor) on pricing.rates to enrollment;
select set_eq(
    'table tests.writes_across_domains',
    $$
        values
        ('payment', 'enrollment.carts', 'truncate'),
        ('enrollment', 'pricing.rates', 'update')
    $$,
    'the rule sees a verb too many, and a single column'
);
grant confirmer to payment;
select set_eq(
    'table tests.members_of_domains',
    $$values ('payment', 'confirmer')$$,
    'the rule sees one domain that can become another'
);
revoke confirmer from payment;
revoke update (amount_minor) on pricing.rates from enrollment;

-- And alive, with the studio in scope.
set local session authorization deploy;
select auth.enter_studio(s.id) from studio.studios as s where s.slug = 'aydt' \g /dev/null
set local role payment;
select throws_ok(
    $$update enrollment.registrations set status = 'confirmed'$$,
    '42501', null, 'payment can''t confirm a registration'
);
set local role enrollment;
select throws_ok(
    $$update payment.payments set status = 'authorized'$$,
    '42501', null, 'enrollment can''t call a payment authorized'
);
select throws_ok(
    $$
        insert into enrollment.confirmations (
            studio_id, family_id, registration_id, cause, amount_minor
        ) values (auth.studio_id(), 1, 1, 'nothing_due', 0)
    $$,
    '42501', null, 'enrollment can''t write its own reason to confirm'
);
set local role messaging;
select throws_ok(
    $$update pricing.rates set amount_minor = 0$$,
    '42501', null, 'messaging can''t change a price'
);

select * from finish();
rollback;
