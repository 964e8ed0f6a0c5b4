begin;
set local search_path = tap, public;
select plan(11);
select tests.section('Senior Mon', '{1}') as monday \gset
select tests.section('Senior Tue', '{2}') as tuesday \gset
select tests.section('Junior Wed', '{3}', 'junior') as wednesday \gset

select tests.student(tests.family()) as student \gset
select tests.cart(:student, :monday) as cart \gset
select tests.confirmed(:cart) as first \gset
select tests.cart(:student, :tuesday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 75661, costume_senior 6500',
    'a second day costs the second step less the first; video and registration are paid'
);
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition'),
    'Tuition, Senior, 2 days a week, less 1 paid before', 'the line says so'
);
select tests.confirmed(:cart) as second \gset
select is(
    (select sum(r.total_minor) from enrollment.registrations as r where r.id in (:first, :second)),
    173804::numeric, 'bought one by one, two days cost what they cost together'
);

select tests.student(tests.family()) as junior \gset
select tests.cart(:junior, :wednesday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:junior, :monday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 77711, costume_senior 6500, video 1500',
    'a junior who adds a senior day is priced as senior, less the junior step'
);

-- A registration that is held but not paid lowers nothing.
select tests.student(tests.family()) as unpaid \gset
select tests.cart(:unpaid, :monday) as cart \gset
select tests.held(:cart) as registration \gset
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select is(tests.cart(:unpaid, :tuesday)::text, :'cart', 'the cart stays open while it is not paid');
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 79643, costume_senior 6500, video 1500, registration 4000',
    'what is held but not paid is not counted'
);

-- Should a step cost less than the one before, nothing is given back.
select is(
    tests.what_if(
        $$select tests.supersede(
            'rates',
            'weekly_count = 2 and division_id = (
                select id from catalog.divisions
                where code = ''senior'' and studio_id = auth.studio_id()
            )',
            '{"amount_minor": 50000}'
        )$$,
        format('tests.amount(tests.quote(tests.cart(%s, %s)), ''senior'')', :junior, :tuesday)
    ),
    -- Wed (junior), Tue and Mon in the cart make three days: 2,269.83 less one junior day
    to_jsonb(226983 - 77593), 'the steps are those of the rate table'
);
select tests.student(tests.family()) as cheaper \gset
select tests.cart(:cheaper, :monday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:cheaper, :tuesday) as cart \gset
select is(
    tests.what_if(
        $$select tests.supersede(
            'rates',
            'weekly_count = 2 and division_id = (
                select id from catalog.divisions
                where code = ''senior'' and studio_id = auth.studio_id()
            )',
            '{"amount_minor": 50000}'
        )$$,
        format('tests.amount(tests.quote(%s), ''senior'')', :cart)
    ),
    '0', 'a difference is never negative'
);
-- Two halves of a term that were paid apart, and then a class of the whole term.
select t.starts_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section('Half one', '{2}', p_ends_on => date :'starts_on' + 61) as first_half \gset
select tests.section('Half two', '{2}', p_starts_on => date :'starts_on' + 84) as second_half \gset
select tests.section('Whole', '{4}') as whole \gset
select tests.student(tests.family()) as together \gset
select tests.cart(:together, :first_half, :second_half) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'senior'), 2 * 79643::bigint, 'halves are two rates'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:together, :whole) as cart \gset
select is(
    (
        select (l.amount_minor, l.basis -> 'step_minor', l.basis -> 'enrolled_step_minor')::text
        from tests.lines(tests.quote(:cart)) as l where l.kind = 'tuition'
    ),
    '(0,155304,159286)',
    'less all that was paid, half by half, and never less than nothing'
);
select tests.student(tests.family()) as later \gset
select tests.cart(:later, :first_half) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:later, :second_half, :whole) as cart \gset
select is(
    -- The third class makes two days of them, but the two halves were no cheaper without it.
    tests.amount(tests.quote(:cart), 'senior'), 2 * 79643 - 79643::bigint,
    'one half before, the rest now: together the same'
);
select * from finish();
rollback;
