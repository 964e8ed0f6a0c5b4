begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(6);

-- What a policy says of the rows that are there and of those that are written.
create view tests.policy_expressions as
select p.oid, p.entity, p.is_platform, p.name, p.roles, e.part, e.expression
from tests.own_policies as p
cross join lateral (
    values ('using', p.using_expression), ('check', p.check_expression)
) as e (part, expression)
where e.expression is not null;

-- A condition that stands beside others under "and" narrows; the whole expression is a chain.
create view tests.policies_across_studios as
select e.entity, e.name, e.part
from tests.policy_expressions as e
where
    not e.is_platform
    and (
        e.expression !~ '^\(+studio_id = \( SELECT auth\.studio_id\(\) AS studio_id\)\)( AND |$)'
        or e.expression ~ '\mOR\M'
    );

create view tests.policies_across_families as
select e.entity, e.name, e.part
from tests.policy_expressions as e
inner join tests.own_columns as c on e.oid = c.oid
where
    c.name = case e.entity when 'identity.families' then 'id' else 'family_id' end
    and not e.is_platform
    and e.expression !~ (
        ' AND \(' || c.name || ' = (COALESCE\()?\( SELECT auth\.family_id\(\) AS family_id\)'
    )
    -- A row may be nobody's yet: then only who has no family in scope sees it.
    and e.expression !~ (
        ' AND \(NOT \(' || c.name
        || ' IS DISTINCT FROM COALESCE\(\( SELECT auth\.family_id\(\) AS family_id\)'
    );

-- Where no family in scope means "every family": never for a family itself.
create view tests.customers_without_family as
select e.entity, e.name
from tests.policy_expressions as e
where e.roles && array['anon', 'customer'] and e.expression ~ 'COALESCE';

select is_empty(
    'table tests.policies_across_studios', 'each policy of a studio''s table keeps to the studio'
);
select set_eq(
    'table tests.policies_across_families',
    -- A family that is being opened is not in scope yet.
    $$values ('identity.families', 'families_domain_all', 'check')$$,
    'each policy of a family''s table keeps to the family'
);
select is_empty(
    'table tests.customers_without_family', 'a customer sees nothing without a family in scope'
);

-- Platform tables belong to no studio: here, and only here, a policy may let a domain see all.
create view tests.open_policies as
select distinct e.entity, e.name
from tests.policy_expressions as e
where e.expression = 'true';
select is_empty(
    $$
        select o.entity, o.name
        from tests.open_policies as o
        inner join tests.own_policies as p on o.entity = p.entity and o.name = p.name
        where not p.is_platform or not p.roles <@ array(select d.name from tests.domain_roles as d)
    $$,
    'only domain roles see all rows, and only those of platform tables'
);

drop policy carts_domain_all on enrollment.carts;
create policy planted_a on enrollment.carts for select to domain
using (studio_id = (select auth.studio_id()) or family_id = (select auth.family_id()));
create policy planted_b on enrollment.carts for insert to domain
with check (studio_id = (select auth.studio_id()));
create policy planted_c on catalog.terms for delete to manager using (true);
create policy planted_d on enrollment.seats for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);
select set_eq(
    'select s.name from tests.policies_across_studios as s
    union all select f.name from tests.policies_across_families as f
    union all select o.name from tests.open_policies as o where o.name ~ ''planted''
    union all select c.name from tests.customers_without_family as c',
    array['families_domain_all', 'planted_a', 'planted_b', 'planted_c', 'planted_d'],
    'the rules see an alternative, a missing family, an open policy, a family of nobody'
);
select set_eq(
    'select s.name from tests.policies_across_studios as s',
    array['planted_a', 'planted_c'],
    'of these, two cross studios'
);

select * from finish();
rollback;
