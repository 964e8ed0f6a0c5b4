-- The price of now is compared with what a quote keeps: its lines, and what was picked.
begin;
set local search_path = tap, public;
select plan(28);
select tests.section('Same Mon', '{1}') as monday \gset
select tests.section('Same Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family) as one \gset
select tests.student(:family) as two \gset
select tests.cart(:one, :monday, :tuesday) as cart \gset
select tests.cart(:two, :monday) as cart \gset
select (tests.quote(:cart) ->> 'quote_id')::bigint as quote \gset

-- What comes of a quote like it, with lines or facts of its own, on the way into a checkout.
create function pg_temp.outcome(
    p_quote_id bigint, p_lines text default 'q.lines', p_inputs text default 'q.inputs'
)
returns text
language plpgsql
as $$
declare
    v_id bigint;
    v_cart_id bigint;
    v_family_id bigint;
    v_code text;
begin
    perform tests.act_as_deploy();
    execute format(
        $sql$
            insert into pricing.quotes (
                studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
                engine_version, inputs, total_minor, lines, parts
            )
            select
                q.studio_id, q.family_id, q.cart_id, q.term_id, q.plan_id, q.auto_pay,
                q.priced_at, q.engine_version, %2$s, t.minor, t.lines,
                array[(1, '2027-01-01', t.minor)::pricing.part]
            from pricing.quotes as q
            cross join lateral (
                select x.lines, pricing.sum_minor(x.lines) as minor
                from (select %1$s as lines) as x
            ) as t
            where q.id = %3$s
            returning id, cart_id, family_id
        $sql$, p_lines, p_inputs, p_quote_id
    ) into strict v_id, v_cart_id, v_family_id;
    perform set_config('callboard.family_id', v_family_id::text, true);
    perform set_config('role', 'pricing', true);
    v_code := tests.error_code(
        format('select pricing.confirm_quote(%s, %s, now())', v_cart_id, v_id)
    );
    perform tests.act_as_operator();
    return v_code;
end;
$$;
-- The lines of a quote, those at some places changed.
create function pg_temp.changed(p_changes jsonb) returns text language sql as $$
    select format(
        $sql$array(
            select jsonb_populate_record(q.lines[n], coalesce(%L::jsonb -> n::text, '{}'))
            from generate_series(1, cardinality(q.lines)) as n
            order by n
        )$sql$, p_changes
    )
$$;
-- Where a line is.
create function pg_temp.place(p_quote_id bigint, p_student_id bigint, p_code text) returns integer
language sql as $$
    select l.line_number
    from pricing.quote_lines as l
    where l.quote_id = p_quote_id and l.student_id = p_student_id and l.code like p_code
$$;
select pg_temp.place(:quote, :one, 'registration') as fee_of_one,
    pg_temp.place(:quote, :two, 'registration') as fee_of_two \gset

select is(pg_temp.outcome(:quote, c.lines), c.code, c.what)
from (
    values
    ('q.lines', null, 'nothing has changed'),
    (
        'array(select q.lines[n] from generate_series(cardinality(q.lines), 1, -1) as n)', null,
        'the lines the other way round'
    ),
    (
        $$array(
            select jsonb_populate_record(
                l, '{"rule_table": "pricing.others", "rule_id": 7, "rule_version": 9}'
            )
            from unnest(q.lines) as l
        )$$, null, 'lines that other rules have made'
    ),
    (pg_temp.changed('{"1": {"code": "other"}}'), 'quote_changed', 'a line of another code'),
    (pg_temp.changed('{"1": {"kind": "program"}}'), 'quote_changed', 'of another kind'),
    (pg_temp.changed('{"1": {"section_id": 7}}'), 'quote_changed', 'for a section'),
    (pg_temp.changed('{"1": {"basis": {"weekly_count": 9}}}'), 'quote_changed', 'of other inputs'),
    (pg_temp.changed('{"1": {"student_id": null}}'), 'quote_changed', 'for the family'),
    (pg_temp.changed('{"1": {"amount_minor": 1}}'), 'quote_changed', 'of another amount'),
    (
        pg_temp.changed(
            format(
                '{"%s": {"amount_minor": 3999}, "%s": {"amount_minor": 4001}}', :fee_of_one,
                :fee_of_two
            )::jsonb
        ), 'quote_changed', 'of two amounts with the same sum'
    ),
    (
        pg_temp.changed(format('{"%s": {"student_id": %s}}', :fee_of_two, :one)::jsonb),
        'quote_changed', 'one line twice instead of another'
    ),
    (
        $$q.lines || (
            q.cart_id, null, 'fee', 'gift', null, '{}', 0, 'pricing.fee_rules', 1, 1
        )::pricing.line$$, 'quote_changed', 'a line more, of nothing'
    ),
    (
        format('q.lines[1:%1$s - 1] || q.lines[%1$s + 1:]', :fee_of_two), 'quote_changed',
        'a line less'
    ),
    ('array[]::pricing.line[]', 'quote_changed', 'no line')
) as c (lines, code, what);

-- Items come student by student; the first one is a Monday.
select is(pg_temp.outcome(:quote, p_inputs => c.inputs), c.code, c.what)
from (
    values
    (
        $$jsonb_set(
            q.inputs, '{items}',
            jsonb_build_array(
                q.inputs #> '{items,2}', q.inputs #> '{items,0}', q.inputs #> '{items,1}'
            )
        )$$, null, 'what was picked in another order'
    ),
    (
        $$jsonb_set(
            q.inputs, '{items}',
            jsonb_build_array(
                q.inputs #> '{items,0}', q.inputs #> '{items,1}', q.inputs #> '{items,2}',
                (q.inputs #> '{items,0}') || '{"section_id": 7, "enrolled": true}'
            )
        )$$, null, 'what was confirmed before is not picked'
    ),
    (
        $$jsonb_set(
            q.inputs, '{items}',
            jsonb_build_array(
                (q.inputs #> '{items,0}') - '{tier_id,dates}'::text [],
                q.inputs #> '{items,1}', q.inputs #> '{items,2}'
            )
        )$$, null, 'no tier and no dates, of an engine that did not keep them'
    ),
    ($$jsonb_set(q.inputs, '{items,0,class_id}', '7')$$, null, 'facts that nobody picked'),
    ($$jsonb_set(q.inputs, '{orders,0,ordered_on}', '"2020-01-01"')$$, null, 'or of the order'),
    ($$jsonb_set(q.inputs, '{items,0,section_id}', '7')$$, 'quote_changed', 'another section'),
    (
        format($$jsonb_set(q.inputs, '{items,0,student_id}', '%s')$$, :two), 'quote_changed',
        'another student'
    ),
    ($$jsonb_set(q.inputs, '{items,0,tier_id}', '7')$$, 'quote_changed', 'a tier'),
    ($$jsonb_set(q.inputs, '{items,0,dates}', '["2027-01-04"]')$$, 'quote_changed', 'a date'),
    ($$jsonb_set(q.inputs, '{items,0,enrolled}', 'true')$$, 'quote_changed', 'one class less'),
    ($$q.inputs #- '{items,1}'$$, 'quote_changed', 'gone altogether'),
    (
        $$jsonb_insert(q.inputs, '{items,0}', (q.inputs #> '{items,0}') || '{"section_id": 7}')$$,
        'quote_changed', 'one more'
    ),
    (
        $$jsonb_insert(q.inputs, '{items,0}', q.inputs #> '{items,0}')$$, 'quote_changed',
        'one of them twice'
    ),
    (
        $$jsonb_set(
            q.inputs, '{items,1,section_id}', q.inputs #> '{items,0,section_id}'
        )$$, 'quote_changed', 'one twice instead of another'
    )
) as c (inputs, code, what);
select * from finish();
rollback;
