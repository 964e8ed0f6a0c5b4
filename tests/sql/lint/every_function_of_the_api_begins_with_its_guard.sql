begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

-- The first statement says who may call; nothing of ours is called before it, in a declaration
-- either, and what is no PL/pgSQL can't have one.
create view tests.functions_without_guard as
select f.signature
from tests.own_functions as f
where
    f.schema = 'api'
    and not (
        f.is_plpgsql
        and f.body ~ '\mbegin\s+perform auth\.require\('
        and not exists (
            select
            from tests.own_schemas as s
            where
                substring(f.body from '^(.*?)\mbegin\s+perform auth\.require\(')
                ~ ('\m' || s.name || '\.\w+\s*\(')
        )
    );

select is_empty(
    'table tests.functions_without_guard', 'who may call is said and checked before anything else'
);

create function api.late_guard() returns void language plpgsql as $$
begin
    perform ops.fail('not_allowed');
    perform auth.require('staff');
end$$;
create function api.busy_declaration() returns void language plpgsql as $$
declare
    v_family_id bigint := auth.require_family();
begin
    perform auth.require('staff');
end$$;
create function api.commented_guard() returns void language plpgsql as $$
begin
    -- perform auth.require('staff');
end$$;
create function api.sql_without_guard() returns void language sql as '';
select set_eq(
    'table tests.functions_without_guard',
    array[
        'api.late_guard()', 'api.busy_declaration()', 'api.commented_guard()',
        'api.sql_without_guard()'
    ],
    'the rule sees a late guard, a busy declaration, a guard in a comment, and none at all'
);

select * from finish();
rollback;
