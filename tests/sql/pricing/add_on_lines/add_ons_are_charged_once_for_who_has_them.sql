begin;
set local search_path = tap, public;
select plan(14);
select tests.section('Camp', '{1}', 'technique') as camp \gset
select tests.section('Camp other', '{2}', 'technique') as other \gset
select tests.add_on(:camp, 'shirt', 1500, true);
select tests.add_on(:camp, 'early', 2000);
select tests.add_on(:camp, 'free', 0);
select tests.add_on(:other, 'late', 3000);
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :camp) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'technique 71678, shirt 1500',
    'a required one comes with the section; another only when it is asked for'
);
select tests.want(:cart, :camp, 'early');
select tests.want(:cart, :camp, 'early');
select is(
    tests.lines_text(tests.quote(:cart)), 'technique 71678, early 2000, shirt 1500',
    'asked for twice, it is charged once'
);
select is(
    (
        select array_agg(l.label order by l.line_number)
        from tests.lines(tests.quote(:cart)) as l where l.kind = 'add_on'
    ),
    '{"Early, Camp","Shirt, Camp"}', 'in words that a parent can read'
);
select tests.want(:cart, :camp, 'free');
select is(tests.amount(tests.quote(:cart), 'free'), 0::bigint, 'one for nothing has its line');
select tests.want(:cart, :camp, 'early', false);
select tests.want(:cart, :camp, 'free', false);
select is(
    tests.lines_text(tests.quote(:cart)), 'technique 71678, shirt 1500', 'taken away, it is gone'
);

-- Each student has its own.
select tests.want(:cart, :camp, 'early');
select tests.student(:family, 'Two') as two \gset
select tests.cart(:two, :camp) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'shirt'), 3000::bigint, 'required: of each student once'
);
select is(tests.amount(tests.quote(:cart), 'early'), 2000::bigint, 'asked for: of one');

-- The price is that of the instant; what was quoted is compared with it.
select tests.quote(:cart) ->> 'quote_id' as quote \gset
-- now() stands still in a test: the next version is from a moment ago.
select tests.supersede(
    'add_ons', format('section_id = %s and code = ''early''', :camp), '{"amount_minor": 2500}',
    now() - interval '2 ms'
);
select is(
    tests.amount(tests.quote(:cart), 'early'), 2500::bigint,
    'who had asked for it gets the next version at the next quote'
);
select is(
    tests.family_error_code(
        :family, format('api.checkout(%s, %s, ''12345678'')', :cart, :quote)
    ),
    'quote_changed', 'the old price is not taken'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.predate(:quote);
select tests.supersede('add_ons', format('section_id = %s and code = ''early''', :camp));
select is(
    (tests.quote_error(:cart) ->> 'details')::jsonb,
    jsonb_build_object(
        'code', 'early', 'title', 'Camp', 'student_id', :one, 'section_id', :camp
    ),
    'what is not to be had any more is refused by name'
);
select is(tests.quote_error(:cart) ->> 'code', 'add_on_unknown', 'by its own code');
select is(tests.replayed(:quote), tests.kept(:quote), 'what was told before replays');

-- Taken away it can be; then all is confirmed, and never charged again.
select tests.want(:cart, :camp, 'early', false);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :other) as cart \gset
select is(
    (select array_agg(l.code) from tests.lines(tests.quote(:cart)) as l where l.kind = 'add_on'),
    null, 'what is confirmed is not charged again'
);
select tests.want(:cart, :other, 'late');
select is(tests.amount(tests.quote(:cart), 'late'), 3000::bigint, 'what is new is');
select * from finish();
rollback;
