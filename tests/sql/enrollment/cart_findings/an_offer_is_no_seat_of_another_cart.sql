begin;
set local search_path = tap, public;
select plan(4);
select tests.run('update studio.settings set waitlist_on_lapse = ''automatic''');
select tests.section('Last place', '{1}', p_capacity => 1) as section \gset
select tests.family() as family, tests.family() as others \gset
select tests.student(:family) as ada \gset
select tests.held(tests.cart(tests.student(:others), :section)) as one \gset
select tests.wait(:section, array[:ada]) as entry \gset
select tests.abandon(:one);
select is(tests.entry_status(:entry), 'offered', 'the last place is offered to her');
create function pg_temp.findings(p_cart bigint) returns text[] language sql as $$
    select array_agg(f.value ->> 'code')
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
select tests.cart(:ada, :section) as cart \gset
select is(
    pg_temp.findings(:cart), array['seat_unavailable'],
    'her cart has no place by it, and says so before it is checked out'
);
select is(tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'as checkout does');
select is(
    pg_temp.findings((select w.cart_id from enrollment.waitlist_entries as w where w.id = :entry)),
    null, 'the cart that waited for it has'
);
select * from finish();
rollback;
