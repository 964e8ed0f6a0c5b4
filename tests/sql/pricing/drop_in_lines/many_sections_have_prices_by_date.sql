-- More rows than fit on one page of the index that keeps versions apart.
begin;
set local search_path = tap, public;
select plan(2);
select tests.section('First of many', '{1}', p_mode => 'drop_in') as first \gset
select tests.section('Second of many', '{2}', p_mode => 'drop_in') as second \gset
select tests.act_as_deploy();
insert into pricing.date_prices (studio_id, section_id, held_on, amount_minor)
select
    auth.studio_id(), s.id, case when g.n > 0 then date '2027-01-01' + g.n end, 1000 + g.n
from unnest(array[:first, :second]) as s (id)
cross join generate_series(0, 400) as g (n);
select is(
    (
        select count(*)
        from pricing.date_prices as p
        where p.section_id in (:first, :second) and p.superseded_at is null
    ),
    802::bigint, 'all have their price'
);
select throws_matching(
    format(
        'insert into pricing.date_prices (studio_id, section_id, amount_minor, version)
        values (auth.studio_id(), %s, 1, 2)', :first
    ),
    'date_prices_(one_at_a_time|live_key)', 'and there is one price of all other dates'
);
select tests.act_as_operator();
select * from finish();
rollback;
