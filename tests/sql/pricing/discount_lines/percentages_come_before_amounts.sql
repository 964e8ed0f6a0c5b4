-- Two senior days: tuition 1,553.04, costume 130.00, video 15.00, registration 40.00 (no discount).
begin;
set local search_path = tap, public;
select plan(17);
select tests.section('Order Mon', '{1}') as monday \gset
select tests.section('Order Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :monday, :tuesday) as cart \gset
create function pg_temp.discounts(cart bigint) returns text language sql as $$
    select string_agg(l.code || ' ' || l.amount_minor, ', ' order by l.line_number)
    from tests.lines(tests.quote(cart)) as l where l.kind = 'discount'
$$;
-- A text after the next version of a discount.
create function pg_temp.after(changed jsonb, expression text, cart bigint) returns text
language sql as $$
    select tests.what_if(
        format(
            'update pricing.discounts set superseded_at = now() where code = %L;
            select tests.discount(%L)', changed ->> 'code', changed
        ),
        format('%s(%s)', expression, cart)
    ) #>> '{}'
$$;

select is(pg_temp.discounts(:cart), null, 'no rule, no line');
select tests.discount('{"code": "flat", "kind": "flat", "percent_bp": null, "amount_minor": 10000}')
\g /dev/null
select tests.discount('{"code": "ten", "position": 5}') \g /dev/null
select tests.discount('{"code": "five", "position": 9, "percent_bp": 500}') \g /dev/null
select is(
    pg_temp.discounts(:cart),
    -- 169804 * 10 % = 16980.4; 152824 * 5 % = 7641.2; then the amount
    'ten -16980, five -7641, flat -10000',
    'percentages one after the other on what is left, each rounded, then amounts'
);
select is(
    tests.total(:cart), 169804::bigint + 4000 - 16980 - 7641 - 10000, 'and the total is their sum'
);
select tests.quote(:cart) as quote \gset
select is(
    (select l.basis - 'parts' from tests.lines(:'quote') as l where l.code = 'five'),
    '{"category": "unconditional", "base_minor": 152824, "percent_bp": 500}',
    'a line says what it was made of'
);
select is(
    (select l.basis -> 'parts' from tests.lines(:'quote') as l where l.code = 'ten'),
    -- 155304 : 13000 : 1500 of 169804, of 16980
    '[{"line_number": 1, "amount_minor": 15530}, {"line_number": 2, "amount_minor": 1300},
    {"line_number": 3, "amount_minor": 150}]',
    'and how much is off which line'
);
select results_eq(
    format('select l.label from tests.lines(%L) as l where l.kind = ''discount''', :'quote'),
    array['Saving, 10 % off', 'Saving, 5 % off', 'Saving'],
    'in words that a parent can read'
);
select is(
    (select l.rule from tests.lines(:'quote') as l where l.code = 'ten'),
    (
        select jsonb_build_object('table', 'pricing.discounts', 'id', d.id, 'version', 1)
        from pricing.discounts as d where d.code = 'ten'
    ),
    'with the rule that made it'
);
select is(
    (
        select q.value -> 'subtotal_minor'
        from jsonb_array_elements(:'quote'::jsonb -> 'students') as q
    ),
    to_jsonb(169804 + 4000 - 16980 - 7641 - 10000), 'inside the subtotal of the student'
);
-- The positions decide between percentages, codes between equal positions.
create function pg_temp.flat(amount_minor bigint) returns jsonb language sql as $$
    select jsonb_build_object(
        'code', 'flat', 'kind', 'flat', 'percent_bp', null, 'amount_minor', amount_minor
    )
$$;
select is(
    pg_temp.after(c.changed, c.expression, :cart), c.given, c.what
)
from (
    values
    (
        '{"code": "five", "position": 1, "percent_bp": 500}', 'pg_temp.discounts',
        -- 169804 * 5 % = 8490.2; 161314 * 10 % = 16131.4
        'five -8490, ten -16131, flat -10000', 'by position'
    ),
    (
        '{"code": "five", "position": 5, "percent_bp": 500}', 'pg_temp.discounts',
        'five -8490, ten -16131, flat -10000', 'then by code'
    ),
    -- Never more than there is left of what it may reduce: 169804 - 16980 - 7641.
    (
        pg_temp.flat(1000000), 'pg_temp.discounts', 'ten -16980, five -7641, flat -145183',
        'an amount stops at 0'
    ),
    (pg_temp.flat(1000000), 'tests.total', '4000', 'the registration fee stays'),
    (
        '{"code": "ten", "position": 5, "percent_bp": 10000}', 'pg_temp.discounts', 'ten -169804',
        'where nothing is left, nothing is given'
    ),
    -- What one discount took is not reduced again by a narrower one: 155304 - 15530 = 139774 of
    -- tuition are left; 5 % = 6988.7.
    (
        '{"code": "five", "position": 9, "percent_bp": 500, "reduces_fees": false}',
        'pg_temp.discounts', 'ten -16980, five -6989, flat -10000',
        'tuition less what is off it already'
    ),
    -- 14500 * 0.25 % = 36.25; then 169768 * 5 % = 8488.4.
    (
        '{"code": "ten", "position": 5, "percent_bp": 25, "reduces_tuition": false}',
        'pg_temp.discounts', 'ten -36, five -8488, flat -10000', 'rounded to the minor unit'
    ),
    -- 14500 * 0.5 % = 72.5
    (
        '{"code": "ten", "position": 5, "percent_bp": 50, "reduces_tuition": false}',
        'pg_temp.discounts', 'ten -73, five -8487, flat -10000', 'a half goes away from zero'
    )
) as c (changed, expression, given, what);
select is(
    tests.replayed((:'quote'::jsonb ->> 'quote_id')::bigint),
    tests.kept((:'quote'::jsonb ->> 'quote_id')::bigint), 'a quote with discounts replays'
);
select * from finish();
rollback;
