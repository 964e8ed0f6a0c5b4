begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(6);

create view tests.policies_to_everybody as
select p.entity, p.name from tests.own_policies as p where p.roles && array['public'];

-- Permissive policies are added up: a second one of the same role would widen the first unseen.
create view tests.policies_that_widen_others as
select p.entity, r.role, c.command
from tests.own_policies as p
cross join lateral unnest(p.roles) as r (role)
inner join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) as c (command)
    on p.command in (c.command, 'ALL')
group by p.entity, r.role, c.command
having count(*) > 1
union all
-- A restrictive one means that another one lets in too much.
select p.entity, r.role, 'restrictive'
from tests.own_policies as p
cross join lateral unnest(p.roles) as r (role)
where not p.is_permissive;

create view tests.unchecked_writes as
select p.entity, p.name
from tests.own_policies as p
where p.command in ('ALL', 'INSERT', 'UPDATE') and p.check_expression is null;

select is_empty('table tests.policies_to_everybody', 'every policy is for a named role');
select is_empty(
    'table tests.policies_that_widen_others',
    'a role has one permissive policy for a command on a table'
);
select is_empty('table tests.unchecked_writes', 'every policy for writing checks the new row');

create policy planted_a on catalog.terms for select using (studio_id = (select auth.studio_id()));
create policy planted_b on catalog.terms for update to domain
using (studio_id = (select auth.studio_id()));
select set_eq(
    'table tests.policies_to_everybody',
    $$values ('catalog.terms', 'planted_a')$$,
    'the rule sees a policy for everybody'
);
select set_eq(
    'table tests.policies_that_widen_others',
    $$values ('catalog.terms', 'domain', 'UPDATE')$$,
    'the rule sees a second policy of a role, also beside one for all commands'
);
select set_eq(
    'table tests.unchecked_writes',
    $$values ('catalog.terms', 'planted_b')$$,
    'the rule sees a write without a check'
);

select * from finish();
rollback;
