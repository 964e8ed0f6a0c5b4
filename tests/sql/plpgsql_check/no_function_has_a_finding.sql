begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
select plan(3);

-- Each function by itself, and each trigger function with every table it serves.
create view tests.checked_functions as
select
    f.oid as function,
    0::oid as relation,
    null::name as old_table,
    null::name as new_table
from tests.own_functions as f
where f.is_plpgsql and not f.is_trigger
union
-- One function may serve several events of a table; each names the rows it has.
select t.tgfoid, t.tgrelid, min(t.tgoldtable::text)::name, min(t.tgnewtable::text)::name
from pg_catalog.pg_trigger as t
inner join tests.own_functions as f on t.tgfoid = f.oid
where f.is_plpgsql and not t.tgisinternal
group by t.tgfoid, t.tgrelid;

create view tests.findings as
select
    c.function::regprocedure::text as function,
    c.relation::regclass::text as relation,
    p.lineno as line,
    p.level,
    p.message,
    p.detail,
    p.hint,
    p.query
from tests.checked_functions as c
cross join lateral plpgsql_check_function_tb(
    funcoid => c.function,
    relid => c.relation,
    oldtable => c.old_table,
    newtable => c.new_table,
    -- not only the first error of a function
    fatal_errors => false,
    other_warnings => true,
    performance_warnings => true,
    extra_warnings => true,
    security_warnings => true
) as p;

select is_empty(
    $$
        select f.signature
        from tests.own_functions as f
        where f.is_plpgsql and f.oid not in (select c.function from tests.checked_functions as c)
    $$,
    'every PL/pgSQL function is checked; none is a trigger''s that no table has'
);
-- Whoever plans a statement that reads the scope must have one, and only a login of ours can.
create temporary table found (like tests.findings);
create function tests.check_functions() returns void
language plpgsql
as $$
begin
    perform tests.act_as_deploy();
    perform set_config('callboard.family_id', '1', true);
    insert into found select f.* from tests.findings as f;
    perform tests.act_as_operator();
end;
$$;
grant insert on found to deploy;
grant select on tests.findings to deploy;
select tests.check_functions() \g /dev/null
select is_empty(
    'select f.* from found as f', 'plpgsql_check finds nothing: no error, no warning, no advice'
);

create function pricing.planted(p_code text) returns text
language plpgsql volatile security definer as $$
declare
    v_unused integer;
    v_unread integer := 1;
begin
    v_unread := 2;
    execute 'select ' || p_code;
    perform r.no_such_column from pricing.rates as r;
    return null;
end;
$$;
create function pricing.planted_trigger() returns trigger language plpgsql as $$
begin
    new.no_such_column := 1;
    return new;
end;
$$;
create trigger planted before insert on pricing.rates
for each row execute function pricing.planted_trigger();
grant execute on function pricing.planted, pricing.planted_trigger to deploy;
select tests.check_functions() \g /dev/null
select set_eq(
    'select f.function, f.relation, f.level from found as f',
    $$
        values
        ('pricing.planted(text)', '-', 'error'),
        ('pricing.planted(text)', '-', 'warning'),
        ('pricing.planted(text)', '-', 'warning extra'),
        ('pricing.planted(text)', '-', 'performance'),
        ('pricing.planted(text)', '-', 'security'),
        ('pricing.planted_trigger()', 'pricing.rates', 'error')
    $$,
    'it sees a missing column, idle variables, an injection, and what a trigger''s table lacks'
);

select * from finish();
rollback;
