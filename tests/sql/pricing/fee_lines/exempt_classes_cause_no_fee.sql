begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Exempt', '{1}') as exempt \gset
select tests.section('Not exempt', '{2}') as plain \gset
select tests.section('Camp', '{3}', p_mode => 'tiered') as camp \gset
select tests.section('Drop in', '{4}', p_mode => 'drop_in') as drop_in \gset
select tests.run(
    format(
        $$insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
        select auth.studio_id(), f.term_id, f.code, s.class_id
        from pricing.fee_rules as f, catalog.sections as s
        where f.studio_id = auth.studio_id() and f.code = 'registration' and s.id = %s$$, :exempt
    )
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :exempt) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 79643, costume_senior 6500, video 1500',
    'an exempt class causes no registration fee, and keeps the others'
);
select is(
    tests.what_if(
        'select 1',
        format('tests.amount(tests.quote(tests.cart(%s, %s)), ''registration'')', :student, :plain)
    ),
    '4000', 'beside one that is not exempt it is charged once'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :plain) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'registration'), 4000::bigint,
    'also when that one comes later'
);
-- Who pays registration: all but programs and drop-in. An override gives the last two a price.
select tests.worker() as staff \gset
select tests.student(tests.family()) as camper \gset
select tests.cart(:camper, :camp) as cart \gset
select tests.override(:staff, :camper, :camp, 100) as override \gset
select is(tests.amount(tests.quote(:cart), 'registration'), 4000::bigint, 'a camp pays it');
select tests.student(tests.family()) as visitor \gset
select tests.cart(:visitor, :drop_in) as cart \gset
select tests.override(:staff, :visitor, :drop_in, 100) as override \gset
select is(tests.amount(tests.quote(:cart), 'registration'), null, 'drop-in does not');
select is(
    (select l.kind from tests.lines(tests.quote(:cart)) as l), 'override', 'and has no other fee'
);
select * from finish();
rollback;
