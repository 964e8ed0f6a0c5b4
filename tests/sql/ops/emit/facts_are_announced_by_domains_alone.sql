begin;
set local search_path = tap, public;
select plan(4);
select tests.family() as family \gset
select is(
    tests.family_error_code(:family, 'ops.emit(''registration.confirmed'', 1)'), '42501',
    'a family can not announce anything'
);
select is(
    tests.error_code(
        'select tests.as_thin_api(''ops.emit(''''payment.authorized'''', 1)'')'
    ), '42501', 'nor can the shim'
);
select is(
    tests.error_code(
        $$select tests.run('set local role domain; select ops.emit(''No fact'', 1)')$$
    ), '23514', 'a fact has a form'
);
-- What nobody may do as the tables' reader: events carry no names.
select tests.section('Emitted') as section \gset
select tests.confirmed(
    tests.cart(tests.student(:family, 'Xanthippe'), :section)
) as registration \gset
select is_empty(
    $$select id from ops.domain_events
    where payload::text ~* 'xanthippe|rivera|@'$$, 'events carry ids and amounts, no names'
);
select * from finish();
rollback;
