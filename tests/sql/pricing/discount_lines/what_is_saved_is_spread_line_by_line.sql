-- Senior, two days at 1,553.05 here; a costume of 65.00 a class, a video of 15.01 a student.
begin;
set local search_path = tap, public;
select plan(7);
select tests.section('Spread Mon', '{1}') as monday \gset
select tests.section('Spread Tue', '{2}') as tuesday \gset
select tests.supersede(
    'rates', 'weekly_count = 2', '{"amount_minor": 155305}', now() - interval '1 s'
);
select tests.supersede(
    'fee_rules', 'code = ''video''', '{"amount_minor": 1501}', now() - interval '1 s'
);
select tests.cart(tests.student(tests.family()), :monday, :tuesday) as cart \gset
-- What a discount takes off which line, and of how much.
create function pg_temp.spread(cart bigint, discount text) returns text language sql as $$
    select concat_ws(
        ' ', l.basis ->> 'base_minor', '-',
        (
            select string_agg(
                (p.value ->> 'line_number') || ':' || (p.value ->> 'amount_minor'), ' '
                order by p.ordinality
            )
            from jsonb_array_elements(l.basis -> 'parts') with ordinality as p
        )
    )
    from tests.lines(tests.quote(cart)) as l where l.code = discount
$$;
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 155305, costume_senior 13000, video 1501, registration 4000', 'the lines'
);
-- Half of each line: 77652.5 and 750.5 are rounded up, each line by itself.
select tests.discount(
    '{"code": "half", "percent_bp": 10000}', array[:monday]::bigint []
) as half \gset
select is(
    pg_temp.spread(:cart, 'half'), '84904 - 1:77653 2:6500 3:751',
    'of each line the share is rounded to the cent, half a cent up'
);
-- It leaves 77652, 6500, 750: 84902. Of 25.00 up to and with the first line
-- 2500 × 77652 / 84902 = 2286.5, with the second 2500 × 84152 / 84902 = 2477.9, with the third all.
select tests.discount(
    '{"code": "then", "kind": "flat", "percent_bp": null, "amount_minor": 2500}'
) as flat \gset
select is(
    pg_temp.spread(:cart, 'then'), '84902 - 1:2286 2:191 3:23',
    'what is saved is spread in the order of the lines, in whole cents up to and with each'
);
-- What is left of Tuesday's tuition: half of 77652 - 2286 = 75366; 37683.
select tests.discount(
    '{"code": "zz_last", "kind": "flat", "percent_bp": null, "amount_minor": 1,
    "reduces_fees": false}', array[:tuesday]::bigint []
) as last \gset
select is(pg_temp.spread(:cart, 'zz_last'), '37683 - 1:1', 'the next one goes on from what is left');
select is(
    (
        select sum(l.amount_minor) from tests.lines(tests.quote(:cart)) as l
        where l.kind = 'discount'
    ),
    (-84904 - 2500 - 1)::numeric, 'the parts of each add up to it'
);
-- A coupon for the same half is spread over nothing: its share of 75365 is 37682.5, of 6500 - 191
-- = 6309 it is 3154.5, of 750 - 23 = 727 it is 363.5, rounded up each; of the registration 2000.
select tests.coupon(
    '{"code": "SPREAD", "kind": "percent", "percent_bp": 10000, "amount_minor": null}',
    array[:monday]::bigint []
) as coupon \gset
select is(
    (
        select l.basis ->> 'base_minor' from tests.lines(tests.coupon_quote(:cart, 'spread')) as l
        where l.kind = 'coupon'
    ), '43202', '37683 + 3155 + 364 + 2000: shares of a coupon are rounded alike'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'it replays');
select * from finish();
rollback;
