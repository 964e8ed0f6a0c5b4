-- Dates of one section are bought one by one; the shirt that goes with it is bought once.
begin;
set local search_path = tap, public;
select plan(4);
select tests.section('Shirts by date', '{1}', p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 2000) \g /dev/null
select tests.add_on(:section, 'shirt', 1500, true);
select tests.add_on(:section, 'early', 700);
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select (tests.dates(:section, 2))[1] as d1, (tests.dates(:section, 2))[2] as d2 \gset
select tests.open_cart(:one) as first_cart \gset
select tests.put(:first_cart, :one, :section, format('dates => ''{%s}''', :'d1')) as item \gset
select tests.want(:first_cart, :section, 'early');
select is(
    tests.lines_text(tests.quote(:first_cart)), 'drop_in 2000, early 700, shirt 1500',
    'with the first date'
);
select tests.confirmed(:first_cart) as registration \gset
select tests.open_cart(:one) as cart \gset
select tests.put(:cart, :one, :section, format('dates => ''{%s}''', :'d2')) as item \gset
select is(tests.lines_text(tests.quote(:cart)), 'drop_in 2000', 'not with the next one');
select tests.want(:cart, :section, 'early');
select is(
    tests.lines_text(tests.quote(:cart)), 'drop_in 2000, early 700', 'but for what was asked for'
);
select tests.open_cart(:two) as cart \gset
select tests.put(:cart, :two, :section, format('dates => ''{%s}''', :'d2')) as item \gset
select is(
    tests.amount(tests.quote(:cart), 'shirt'), 1500::bigint, 'another child has one of its own'
);
select * from finish();
rollback;
