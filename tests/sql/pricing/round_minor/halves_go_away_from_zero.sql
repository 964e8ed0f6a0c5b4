begin;
set local search_path = tap, public;
select plan(1);
select results_eq(
    $$select pricing.round_minor(v.amount)
    from (
        values (1, 0.5), (2, 1.5), (3, 2.5), (4, -0.5), (5, -2.5), (6, 0.4999), (7, 0)
    ) as v (n, amount)
    order by v.n$$,
    'values (1::bigint), (2), (3), (-1), (-3), (0), (0)',
    'halves go away from zero, everything else to the nearest'
);
select * from finish();
rollback;
