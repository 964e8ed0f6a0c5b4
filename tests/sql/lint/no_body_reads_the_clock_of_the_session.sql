begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(3);

-- What is today depends on the studio's zone, so only studio.local_date may turn an instant into a
-- date. A date that is written out is none of an instant.
create view tests.bodies_with_a_clock as
select b.name, m.found
from (
    select f.entity as name, f.body
    from tests.own_functions as f
    union all
    select r.entity, pg_catalog.pg_get_viewdef(r.oid)
    from tests.own_relations as r
    where r.kind in ('v', 'm')
) as b
cross join lateral (
    select (regexp_matches(
        regexp_replace(b.body, $$'[^']*'::date$$, '', 'gi'),
        '\m(current_date|current_time|localtime|localtimestamp|timeofday)\M'
        || '|(::\s*date\M(?!\s*\[)|\mas\s+date\s*\)|\mdate\s*\()'
        || $$|('(?:today|tomorrow|yesterday|now)')$$,
        'gi'
    )) as parts
) as w
cross join lateral (select array_to_string(w.parts, '') as found) as m;

select set_eq(
    'table tests.bodies_with_a_clock',
    $$
        values
        -- the one place
        ('studio.local_date', '::date'),
        -- a date and some months: no instant
        ('pricing.schedule', '::date')
    $$,
    'no other function or view takes the date of an instant or asks the session for the day'
);

-- An exposed function judges by the present moment; nobody tells it another one.
create view tests.instants_in_the_api as
select f.entity, a.name
from tests.own_functions as f
cross join lateral unnest(f.argument_names) as a (name)
where f.schema = 'api' and a.name ~ '(as_of|now|today)$';

select is_empty('table tests.instants_in_the_api', 'no function of the API is told the time');

create function pricing.planted_a() returns date language sql as 'select current_date';
create function pricing.planted_b() returns date language sql as 'select now()::date';
create function pricing.planted_c() returns date
language plpgsql as $$begin return cast(now() as date); end$$;
create function pricing.planted_d() returns date begin atomic select date(now()); end;
create function pricing.planted_e() returns timestamptz
language plpgsql as $$begin return 'now'; end$$;
create view api.planted as select t.registration_opens_at::date as opens_on from catalog.terms as t;
-- These are innocent: a comment, a type, a written date, an array, a word with "date" inside.
create function pricing.planted_f(p_on date) returns date language plpgsql as $$
-- never current_date
declare
    v_on date := '2030-01-01'::date;
    v_days date [] := array[]::date [];
begin
    perform daterange(v_on, p_on);
    return v_on;
end$$;
create function api.planted_as_of(as_of timestamptz) returns void language sql as '';
select set_eq(
    $$
        select b.name from tests.bodies_with_a_clock as b where b.name ~ 'planted'
        union all
        select i.entity from tests.instants_in_the_api as i
    $$,
    array[
        'pricing.planted_a', 'pricing.planted_b', 'pricing.planted_c', 'pricing.planted_d',
        'pricing.planted_e', 'api.planted', 'api.planted_as_of'
    ],
    'the rules see every way to ask, and nothing else'
);

select * from finish();
rollback;
