begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

-- auth.studio_id() bare is called for every row, (select auth.studio_id()) once.
create view tests.scope_read_for_each_row as
select p.entity, p.name
from tests.own_policies as p
where
    regexp_replace(
        concat_ws(' ', p.using_expression, p.check_expression),
        '\( SELECT auth\.\w+\(\) AS \w+\)', '', 'g'
    ) ~ '\m(auth|studio)\.\w+\(|current_setting|current_user|session_user|current_role';

select is_empty(
    'table tests.scope_read_for_each_row', 'policies ask who is there once, not for each row'
);

create policy planted on catalog.terms for delete to manager
using (studio_id = (select auth.studio_id()) and id = auth.account_id());
select set_eq(
    'table tests.scope_read_for_each_row',
    $$values ('catalog.terms', 'planted')$$,
    'the rule sees a bare call beside a wrapped one'
);

select * from finish();
rollback;
