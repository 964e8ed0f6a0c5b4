-- Three senior days are one line of 2,269.83; discounts and a coupon are each for some of them.
begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Shared Mon', '{1}') as monday \gset
select tests.section('Shared Tue', '{2}') as tuesday \gset
select tests.section('Shared Wed', '{3}') as wednesday \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :monday, :tuesday, :wednesday) as cart \gset
-- What it is of, what is off, and off which lines.
create function pg_temp.line(quote jsonb, code text) returns text language sql as $$
    select concat_ws(' ', l.basis ->> 'base_minor', l.amount_minor, l.basis ->> 'parts')
    from tests.lines(quote) as l where l.code = line.code
$$;
select tests.discount(
    '{"code": "first", "percent_bp": 900, "reduces_fees": false}',
    array[:monday, :tuesday]::bigint []
), tests.discount(
    '{"code": "second", "percent_bp": 500, "reduces_fees": false, "position": 2}',
    array[:tuesday, :wednesday]::bigint []
), tests.discount(
    '{"code": "third", "kind": "flat", "percent_bp": null, "amount_minor": 100000,
    "reduces_fees": false}', array[:wednesday]::bigint []
), tests.coupon('{"applies_to": ["tuition"]}', array[:monday]::bigint []) \g /dev/null
select tests.coupon_quote(:cart, 'save20') as quote \gset
select is(
    pg_temp.line(:'quote', c.code), c.given, c.what
)
from (
    values
    -- Two thirds of 226983 = 151322; 9 % = 13618.98
    (
        'first', '151322 -13619 [{"line_number": 1, "amount_minor": 13619}]',
        'the share of two sections'
    ),
    -- Two thirds of 213364 = 142242.67; 5 % = 7112.1
    (
        'second', '142243 -7112 [{"line_number": 1, "amount_minor": 7112}]',
        'the share of two others, of what is left, in whole units'
    ),
    -- A third of 206252 = 68750.67
    (
        'third', '68751 -68751 [{"line_number": 1, "amount_minor": 68751}]',
        'an amount stops at the share of its section'
    ),
    -- A third of 137501 = 45833.67; 20 % = 9166.8
    ('save20', '45834 -9167', 'the coupon has its share of what all of them have left')
) as c (code, given, what);
select is(
    tests.replayed((:'quote'::jsonb ->> 'quote_id')::bigint),
    tests.kept((:'quote'::jsonb ->> 'quote_id')::bigint), 'it replays'
);

-- Two halves of the term: two lines of tuition, each 79643.
select tests.section(
    'Shared first half', '{4}', p_starts_on => t.starts_on, p_ends_on => t.starts_on + 60
) as early, tests.section(
    'Shared second half', '{4}', p_starts_on => t.starts_on + 70, p_ends_on => t.ends_on
) as late
from catalog.terms as t where t.id = tests.term() \gset
select tests.discount(
    '{"code": "halves", "reduces_fees": false}', array[:late]::bigint []
) \g /dev/null
select tests.cart(tests.student(tests.family('Halves')), :early, :late) as halves \gset
select is(
    pg_temp.line(tests.quote(:halves), 'halves'),
    '79643 -7964 [{"line_number": 2, "amount_minor": 7964}]',
    'tuition of one part of the term is for the sections of that part'
);
select is(
    pg_temp.line(
        tests.quote(tests.cart(tests.student(tests.family('One half')), :early)), 'halves'
    ),
    null, 'and not for those of the other'
);

-- Several orders in one call, where one's limits are nothing to another.
select tests.cart(tests.student(tests.family('Third')), :wednesday) as third \gset
select tests.coupon(
    '{"key": "early", "code": null, "applies_to": ["tuition"]}',
    array[:wednesday, :late]::bigint []
) \g /dev/null
create function pg_temp.savings(carts bigint[]) returns jsonb language sql as $$
    select tests.value(
        format(
            '(
                select jsonb_agg(
                    jsonb_build_array(l.cart_id, l.code, l.basis, l.amount_minor)
                    order by l.cart_id, l.kind desc, l.code
                )
                from unnest(
                    pricing.price_baskets(
                        pricing.basket(%1$L), pricing.basket_orders(%1$L, null),
                        pricing.plan_of(tests.term(), ''full'', null, now()), now()
                    )
                ) as l
                where l.kind in (''discount'', ''coupon'')
            )', carts
        )
    )
$$;
select is(
    (
        select string_agg(concat_ws(' ', n.value ->> 1, n.value ->> 3), ', ' order by n.number)
        from jsonb_array_elements(pg_temp.savings(array[:cart, :halves, :third]))
        with ordinality as n (value, number)
    ),
    -- A third of 137501 = 45833.67, 20 % of it; 20 % of 79643 - 7964 = 71679; 79643 * 5 % = 3982.15,
    -- and the amount takes all that is left.
    'first -13619, second -7112, third -68751, early -9167, '
    || 'halves -7964, early -14336, '
    || 'second -3982, third -75661',
    'each is given what is for its own sections'
);
select is(
    pg_temp.savings(array[:third, :cart, :halves]),
    pg_temp.savings(array[:cart]) || pg_temp.savings(array[:halves])
    || pg_temp.savings(array[:third]),
    'as by itself'
);

select * from finish();
rollback;
