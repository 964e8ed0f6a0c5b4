begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Counted Mon', '{1}') as monday \gset
select tests.section(
    'Counted Mon', '{1}', p_starts_at => '12:00', p_ends_at => '13:00'
) as again \gset
select tests.section('Counted Tue', '{2}') as tuesday \gset
select tests.section('Counted Wed', '{3}') as wednesday \gset
select tests.section('Counted Thu', '{4}') as thursday \gset
select tests.worker() as staff \gset
create function pg_temp.saved(cart bigint, code text) returns text language sql as $$
    select string_agg(l.student_id || ' ' || (l.basis ->> 'count'), ', ' order by l.student_id)
    from tests.lines(tests.quote(cart)) as l where l.code = saved.code
$$;
select tests.discount(
    '{"code": "third", "category": "weekly_classes", "threshold": 3, "recipients": "reaching"}'
), tests.discount(
    '{"code": "third_on", "category": "weekly_classes", "threshold": 3,
    "recipients": "reaching_and_later"}'
), tests.discount(
    '{"code": "second", "category": "students_in_family", "threshold": 2, "recipients": "reaching"}'
), tests.discount(
    '{"code": "second_on", "category": "students_in_family", "threshold": 2,
    "recipients": "reaching_and_later"}'
) \g /dev/null

-- Weekly classes, on the basis of the rate step.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday, :again, :tuesday) as cart \gset
select is(pg_temp.saved(:cart, 'third'), null, 'two classes on a Monday are one day');
select is(
    tests.what_if(
        'update studio.settings set rate_step_basis = ''weekly_meetings''
        where studio_id = auth.studio_id() and term_id is null',
        format('pg_temp.saved(%s, ''third'')', :cart)
    ) #>> '{}',
    :one || ' 3', 'where meetings are counted, they are two'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :wednesday) as cart \gset
select is(pg_temp.saved(:cart, 'third'), :one || ' 3', 'with what is confirmed it is the third');
select is(pg_temp.saved(:cart, 'third_on'), :one || ' 3', 'for which both rules are');
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :thursday) as cart \gset
select is(pg_temp.saved(:cart, 'third'), null, 'the fourth does not reach it any more');
select is(pg_temp.saved(:cart, 'third_on'), :one || ' 4', 'it comes later');

-- Students of the family: who is there already is no newcomer.
select is(pg_temp.saved(:cart, 'second'), null, 'one student is one');
select tests.student(:family, 'Two') as two \gset
select tests.cart(:two, :monday) as cart \gset
select is(pg_temp.saved(:cart, 'second'), :two || ' 2', 'the second reaches it');
select tests.student(:family, 'Three') as three \gset
select tests.cart(:three, :monday) as cart \gset
select is(pg_temp.saved(:cart, 'second'), :two || ' 3', 'the third does not');
select is(
    pg_temp.saved(:cart, 'second_on'), :two || ' 3, ' || :three || ' 3',
    'but is among the later ones'
);
-- The first by id comes last.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.confirmed(tests.cart(:two, :monday)) as registration \gset
select tests.cart(:one, :monday) as cart \gset
select is(
    pg_temp.saved(:cart, 'second'), :one || ' 2', 'whoever comes second, not who is entered second'
);
-- An unpaid registration lowers nothing.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday, :tuesday) as cart \gset
select tests.held(:cart) as registration \gset
select tests.run(
    format('delete from enrollment.cart_items where cart_id = %s', :cart)
);
select tests.cart(:one, :wednesday) as cart \gset
select is(pg_temp.saved(:cart, 'third_on'), null, 'what is only held does not count');
-- A price that staff set takes its class out of the rate table, and so out of the count.
select tests.student(tests.family(), 'Set') as student \gset
select tests.cart(:student, :monday, :tuesday, :wednesday) as cart \gset
select is(pg_temp.saved(:cart, 'third'), :student || ' 3', 'three days');
select tests.override(:staff, :student, :wednesday, 10000) as override \gset
select is(pg_temp.saved(:cart, 'third'), null, 'less the one whose price is set');
-- Two halves of a term are no two classes a week.
select tests.section(
    'Counted half', '{4}', p_starts_on => t.starts_on, p_ends_on => t.starts_on + 40
) as first_half, tests.section(
    'Counted half', '{5}', p_starts_on => t.starts_on + 50, p_ends_on => t.starts_on + 90
) as second_half from catalog.terms as t where t.id = tests.term() \gset
select tests.discount(
    '{"code": "pair", "category": "weekly_classes", "threshold": 2, "recipients": "reaching"}'
) \g /dev/null
select is(
    pg_temp.saved(
        tests.cart(tests.student(tests.family()), :first_half, :second_half), 'pair'
    ),
    null, 'one class in each half is one a week'
);
select * from finish();
rollback;
