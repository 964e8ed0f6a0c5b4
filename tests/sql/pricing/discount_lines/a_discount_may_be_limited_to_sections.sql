-- Three senior days, of which the discount is for two: tuition 2,269.83, costume 195.00, video
-- 15.00.
begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Scoped Mon', '{1}') as monday \gset
select tests.section('Scoped Tue', '{2}') as tuesday \gset
select tests.section('Scoped Wed', '{3}') as wednesday \gset
select tests.section('Scoped program', '{4}', 'technique') as program \gset
select tests.worker() as staff \gset
create function pg_temp.line(cart bigint) returns text language sql as $$
    select string_agg((l.basis ->> 'base_minor') || ' ' || l.amount_minor, ', ' order by l.code)
    from tests.lines(tests.quote(cart)) as l where l.kind = 'discount'
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :monday, :tuesday, :wednesday, :program) as cart \gset
select tests.discount('{"reduces_programs": true}', array[:monday, :tuesday]::bigint []) as discount
\gset
-- Two thirds of 226983 + 19500 + 1500; the program is for another section.
select is(pg_temp.line(:cart), '165322 -16532', 'of what is for several sections, its share');
select is(
    tests.what_if(
        format(
            'update pricing.discounts set superseded_at = now();
            select tests.discount(''{"reduces_tuition": false}'', array[%s, %s])',
            :monday, :tuesday
        ),
        format('pg_temp.line(%s)', :cart)
    ) #>> '{}', '14000 -1400', 'of fees, too'
);
select tests.discount('{"code": "set", "reduces_programs": true}', array[:program]::bigint [])
\g /dev/null
select is(pg_temp.line(:cart), '165322 -16532, 71678 -7168', 'a program is for its sections');
select tests.override(:staff, :student, :tuesday, 20000) as override \gset
-- Monday of two days at 155304; Tuesday at its own price; two thirds of the fees.
select is(
    pg_temp.line(:cart), '111652 -11165, 71678 -7168', 'a price set by staff is for its own section'
);
select is(
    pg_temp.line(tests.cart(tests.student(tests.family()), :wednesday)), null,
    'other sections are not reduced'
);
-- What it is limited to is all it counts.
select tests.run('update pricing.discounts set superseded_at = now()');
select tests.discount(
    '{"code": "pair", "category": "weekly_classes", "threshold": 2, "recipients": "reaching"}',
    array[:monday, :tuesday]::bigint []
), tests.discount(
    '{"code": "siblings", "category": "students_in_family", "threshold": 2,
    "recipients": "reaching"}', array[:monday, :tuesday]::bigint []
) \g /dev/null
select is(
    pg_temp.line(tests.cart(tests.student(tests.family()), :monday, :wednesday)), null,
    'a class outside is not counted'
);
select isnt(
    pg_temp.line(tests.cart(tests.student(tests.family()), :monday, :tuesday)), null,
    'two inside are'
);
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :wednesday) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
select is(pg_temp.line(:cart), null, 'nor is a student outside');
select tests.cart(tests.student(:family, 'Three'), :tuesday) as cart \gset
select isnt(pg_temp.line(:cart), null, 'the second student inside reaches it');
select * from finish();
rollback;
