begin;
set local search_path = tap, public;
select plan(4);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(manager bigint, version integer, rows jsonb) returns jsonb
language sql as $$
    select tests.as_manager(
        manager, format('api.save_family_discount(%s, %s, %L)', tests.term(), version, rows)
    )
$$;
-- The clock was an hour fast when this one was saved.
set local session_replication_role = replica;
update pricing.family_discounts set valid_from = now() + interval '1 hour' where term_id = :term;
set local session_replication_role = origin;
select is(
    pg_temp.save(:manager, 0, '[{"min_students": 2, "amount_minor": 6000}]') -> 'version', '1',
    'it is changed all the same'
);
select is(pg_temp.save(:manager, 1, '[]') -> 'version', '2', 'and ended');
select is(
    pg_temp.save(:manager, 2, '[{"min_students": 2, "amount_minor": 7000}]') -> 'version', '3',
    'and begun once more'
);
select results_eq(
    format(
        $$select
            d.version, d.amount_minor, d.valid_from - now() > interval '1 hour' as is_later,
            d.superseded_at > d.valid_from as has_held,
            d.valid_from - lag(d.superseded_at) over (order by d.version) as gap
        from pricing.family_discounts as d where d.term_id = %s order by d.version$$, :term
    ),
    $$values
    (1, 5000::bigint, false, true, null::interval),
    (2, 6000, true, true, '0'),
    (3, 7000, true, null, '0')$$,
    'each version begins when the one before it ends, or later, and holds for a while'
);
select * from finish();
rollback;
