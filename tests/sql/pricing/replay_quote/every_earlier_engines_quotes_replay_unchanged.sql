begin;
set local search_path = tap, public;
\ir engine_2.psql
\ir engine_3.psql
\ir engine_4.psql
select plan(
    (select count(*)::integer from golden)
    + (select count(*)::integer from golden_3)
    + (select count(*)::integer from golden_4)
    + 3
);
select is(tests.replayed(g.id, 'golden-2'), tests.kept(g.id), 'engine 2: ' || g.name)
from golden as g
order by g.id;
select is(tests.replayed(g.id, 'golden-3'), tests.kept(g.id), 'engine 3: ' || g.name)
from golden_3 as g
order by g.id;
select is(tests.replayed(g.id, 'golden-4'), tests.kept(g.id), 'engine 4: ' || g.name)
from golden_4 as g
order by g.id;
select is(
    (
        select array_agg(q.total_minor order by q.id)
        from pricing.quotes as q
        inner join golden as g on q.id = g.id
    ),
    array[486617, 86427, 326226, 149472, 83722, 172706, 159543]::bigint [],
    'and their totals are right'
);
select is(
    (
        select array_agg(q.total_minor order by q.id)
        from pricing.quotes as q
        inner join golden_3 as g on q.id = g.id
    ),
    array[84163, 79924]::bigint [], 'as engine 3 counted'
);
select is(
    (
        select array_agg(q.total_minor order by q.id)
        from pricing.quotes as q
        inner join golden_4 as g on q.id = g.id
    ),
    array[97076, 97867]::bigint [], 'as engine 4 counted'
);
select * from finish();
rollback;
