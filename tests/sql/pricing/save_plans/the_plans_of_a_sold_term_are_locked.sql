begin;
set local search_path = tap, public;
select plan(37);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager, format('api.save_plans(%s, %s, %L)', tests.term(), p_version, p_rows),
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
create function pg_temp.changed(p_rows jsonb, p_changes jsonb) returns jsonb language sql as $$
    select jsonb_set(p_rows, '{2}', p_rows -> 2 || p_changes)
$$;
select tests.as_staff(
    :manager,
    format(
        '(
            select jsonb_agg(
                to_jsonb(p) - ''{term_id,version,valid_from}''::text[] order by p.installments
            )
            from api.payment_plans as p where p.term_id = %s
        )', :term
    ),
    p_role => 'manager'
) as loaded \gset
create temporary table before as select * from pricing.payment_plans where term_id = :term;
select is(
    pg_temp.save(:manager, 0, :'loaded'), jsonb_build_object('version', 0, 'rows', :'loaded'::jsonb),
    'what is saved as it was read is no new version'
);
select set_eq(
    format('select * from pricing.payment_plans where term_id = %s', :term), 'table before',
    'and changes no row'
);
create temporary table answers as
select v.changes, tests.what_if(
    'select 1',
    format('pg_temp.save(%s, 0, %L)', :manager, pg_temp.changed(:'loaded', v.changes))
) as answer
from (
    values
    (jsonb '{"code": "parts"}'), ('{"label": "In parts"}'), ('{"installments": 4}'),
    ('{"kind": "full", "installments": 1, "auto_pay": false}'),
    ('{"fee_per_installment_minor": 0}'), ('{"accepts_checkout": false}'), ('{"do_capture": false}'),
    ('{"last_due_on": "2027-05-31"}'),
    (
        '{"kind": "deposit_flat", "installments": 2, "fee_per_installment_minor": 0,
        "deposit_minor": 20000}'
    ),
    (
        '{"kind": "deposit_percent", "installments": 2, "fee_per_installment_minor": 0,
        "deposit_bp": 2500, "balance_due_on": "2027-03-01"}'
    ),
    (
        '{"kind": "dated", "installments": 3, "due_dates": ["2027-01-31", "2027-02-28",
        "2027-05-01"], "shares_bp": [5000, 2500, 2500]}'
    )
) as v (changes);
select is_empty(
    format(
        $$select a.changes from answers as a where a.answer -> 'version' <> '1'
        or not a.answer -> 'rows' @> jsonb_build_array(%L::jsonb -> 2 || a.changes)
        or jsonb_array_length(a.answer -> 'rows') <> 3$$, :'loaded'
    ),
    'each column that is changed is saved'
);
select is(
    pg_temp.refusal(:manager, 0, pg_temp.changed(:'loaded', v.changes)),
    'rule_invalid 3 ' || v.name, v.what
)
from (
    values
    (jsonb '{"auto_pay": false}', 'auto_pay', 'parts that nobody charges'),
    ('{"installments": 1}', 'installments', 'a plan of months with one part'),
    (
        '{"kind": "full", "installments": 1}', 'auto_pay', 'one part that is charged by itself'
    ),
    ('{"kind": "full", "auto_pay": false}', 'installments', 'in full, in parts'),
    (
        '{"kind": "deposit_flat", "deposit_minor": 1}', 'installments',
        'a deposit and more than the balance'
    ),
    (
        '{"kind": "deposit_flat", "installments": 2, "deposit_minor": 1}',
        'fee_per_installment_minor', 'a deposit with a fee'
    ),
    (
        '{"kind": "deposit_flat", "installments": 2, "fee_per_installment_minor": 0}',
        'deposit_minor', 'a deposit of no amount'
    ),
    ('{"deposit_minor": 1}', 'deposit_minor', 'a deposit where none is due'),
    (
        '{"kind": "deposit_percent", "installments": 2, "fee_per_installment_minor": 0}',
        'deposit_bp', 'a share that is not said'
    ),
    ('{"deposit_bp": 1}', 'deposit_bp', 'a share where none is due'),
    ('{"deposit_bp": 10001}', 'deposit_bp', 'more than the total'),
    ('{"balance_due_on": "2027-03-01"}', 'balance_due_on', 'a balance of no deposit'),
    (
        '{"kind": "dated", "due_dates": ["2027-01-31", "2027-02-28"], "installments": 2,
        "shares_bp": [5000, 5000], "last_due_on": "2027-05-31"}', 'last_due_on',
        'a last day of a plan that has its dates'
    ),
    ('{"due_dates": ["2027-01-31"]}', 'due_dates', 'dates of a plan of months'),
    ('{"kind": "dated", "shares_bp": [5000, 5000]}', 'due_dates', 'a dated plan without dates'),
    (
        '{"kind": "dated", "installments": 2, "due_dates": ["2027-02-28", "2027-01-31"],
        "shares_bp": [5000, 5000]}', 'due_dates', 'dates that don''t ascend'
    ),
    (
        '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-31", "2027-01-31"],
        "shares_bp": [5000, 5000]}', 'due_dates', 'one date twice'
    ),
    (
        '{"kind": "dated", "installments": 3, "due_dates": ["2027-01-31", "2027-02-28"],
        "shares_bp": [5000, 5000]}', 'due_dates', 'fewer dates than parts'
    ),
    (
        '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-31", "2027-02-28"],
        "shares_bp": [5000, 4999]}', 'shares_bp', 'shares that are not the whole'
    ),
    (
        '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-31", "2027-02-28"],
        "shares_bp": [10000, 0]}', 'shares_bp', 'a share of nothing'
    ),
    ('{"shares_bp": [10000]}', 'shares_bp', 'shares of a plan of months'),
    ('{"kind": "custom"}', 'kind', 'what staff arrange for a cart'),
    ('{"code": "custom"}', 'code', 'the code of that'),
    ('{"installments": 13}', 'installments', 'more parts than a year has months'),
    ('{"fee_per_installment_minor": 0.5}', 'fee_per_installment_minor', 'half a cent'),
    ('{"label": " "}', 'label', 'no name to show'),
    ('{"accepts_checkout": 1}', 'accepts_checkout', 'a number is not yes'),
    ('{"code": "full"}', 'code', 'a code twice')
) as v (changes, name, what);
select set_eq(
    format('select * from pricing.payment_plans where term_id = %s', :term), 'table before',
    'none of them wrote anything'
);
-- The plan of the schedules that staff arrange comes and stays by itself.
select is(
    tests.what_if(
        format(
            'insert into pricing.payment_plans
            (studio_id, term_id, kind, code, label, auto_pay, accepts_checkout)
            values (auth.studio_id(), %s, ''custom'', ''custom'', ''As arranged'', false, false);
            select pg_temp.save(%s, 0, ''[]'')',
            :term, :manager
        ),
        format(
            '(select array_agg(p.code) from pricing.payment_plans as p
            where p.term_id = %s and p.superseded_at is null)', :term
        )
    ),
    '["custom"]', 'plan custom is none of the table''s'
);
select is(
    pg_temp.save(:manager, 0, pg_temp.changed(:'loaded', '{"label": "In parts"}'))
    -> 'version',
    '1', 'until the term is sold its plans can change'
);
select tests.held(
    tests.cart(tests.student(tests.family()), tests.section('Sold'))
) as registration \gset
select is(
    pg_temp.refusal(:manager, 1, :'loaded'), 'term_locked', 'once it is sold they can''t'
);
select is(
    pg_temp.save(:manager, 1, pg_temp.changed(:'loaded', '{"label": "In parts"}')) -> 'version',
    '1', 'but saving what is there succeeds'
);
select is(
    (select array_agg(p.label order by p.installments) from pricing.payment_plans as p
    where p.term_id = :term and p.superseded_at is null),
    '{Pay in full,"Half now, the rest later",In parts}', 'nothing was written'
);
select * from finish();
rollback;
