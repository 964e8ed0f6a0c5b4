begin;
set local search_path = tap, public;
select plan(12);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager,
        format('api.save_family_discount(%s, %s, %L)', tests.term(), p_version, p_rows),
        p_role => 'manager'
    )
$$;
create function pg_temp.refusal(p_manager bigint, p_version integer, p_rows jsonb) returns text
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.save(%s, %s, %L)', p_manager, p_version, p_rows)
    );
begin
    perform tests.act_as_operator();
    return concat_ws(
        ' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'row',
        (v_error ->> 'details')::jsonb ->> 'column'
    );
end;
$$;
select is(
    pg_temp.save(:manager, 0, '[{"min_students": 2, "amount_minor": 5000}]'),
    '{"version": 0, "rows": [{"min_students": 2, "amount_minor": 5000}]}',
    'the demo''s discount saved as it is'
);
select is(
    pg_temp.refusal(:manager, 0, v.rows), 'rule_invalid ' || v.place, v.what
)
from (
    values
    (jsonb '[{"min_students": 1, "amount_minor": 5000}]', '1 min_students', 'for one student'),
    ('[{"min_students": 2, "amount_minor": 0}]', '1 amount_minor', 'nothing off'),
    ('[{"min_students": 2, "amount_minor": 50.5}]', '1 amount_minor', 'half a cent'),
    ('[{"min_students": 2}]', '1 amount_minor', 'no amount'),
    (
        '[{"min_students": 2, "amount_minor": 1}, {"min_students": 3, "amount_minor": 2}]', '2',
        'two discounts: a family has one'
    )
) as v (rows, place, what);
select is(
    pg_temp.save(:manager, 0, '[{"min_students": 3, "amount_minor": 6000}]'),
    '{"version": 1, "rows": [{"min_students": 3, "amount_minor": 6000}]}', 'another one'
);
select is(pg_temp.save(:manager, 1, '[]'), '{"version": 2, "rows": []}', 'none');
select is(
    pg_temp.save(:manager, 2, '[{"min_students": 2, "amount_minor": 5000}]') -> 'version', '3',
    'and one again'
);
select results_eq(
    format(
        'select version, amount_minor, superseded_at is null from pricing.family_discounts
        where term_id = %s order by version', :term
    ),
    'values (1, 5000::bigint, false), (2, 6000, false), (3, 5000, true)',
    'each is kept as a version'
);
select tests.held(
    tests.cart(tests.student(tests.family()), tests.section('Sold'))
) as registration \gset
select is(pg_temp.refusal(:manager, 3, '[]'), 'term_locked', 'once the term is sold it stays');
select is(
    pg_temp.save(:manager, 3, '[{"min_students": 2, "amount_minor": 5000}]') -> 'version', '3',
    'but saving what is there succeeds'
);
select * from finish();
rollback;
