begin;
set local search_path = tap, public;
select plan(8);
select tests.term() as term \gset
create function pg_temp.refusal(p_term_id bigint, p_kind text, p_version integer) returns jsonb
language sql as $$
    select tests.error(
        format(
            'select tests.run(%L)',
            format('select pricing.open_rule_set(%s, %L, %L)', p_term_id, p_kind, p_version)
        )
    )
$$;
select tests.run(format('select pricing.open_rule_set(%s, %L, 0)', :term, 'rates')) \g /dev/null
select is(
    tests.value(format('pricing.close_rule_set(%s, %L)', :term, 'rates')), '1',
    'the first save makes version 1'
);
select is(
    pg_temp.refusal(:term, 'rates', 0)
    ->> 'details',
    '{"version": 1}', 'who has seen version 0 is told of version 1'
);
select is(
    pg_temp.refusal(:term, 'rates', 0) ->> 'code',
    'version_stale', 'by a stable code'
);
select is(
    pg_temp.refusal(:term, 'rates', null)
    ->> 'code',
    'version_stale', 'so is who names none'
);
select is(
    pg_temp.refusal(:term, 'fees', 0), null,
    'each table of rules by itself'
);
select is(
    pg_temp.refusal(-1, 'rates', 0) ->> 'code',
    'term_not_found', 'a term of ours'
);
select tests.section('Sold') as section \gset
select is(
    tests.value(format('enrollment.is_sold(%s)', tests.term('elmst')), 'elmst'), 'false',
    'a term that nobody has enrolled in is not sold'
);
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) \g /dev/null
select is(tests.value(format('enrollment.is_sold(%s)', :term)), 'true', 'one registration sells it');
select * from finish();
rollback;
