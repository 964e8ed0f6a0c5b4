begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Open Mon', '{1}') as monday \gset
select tests.section('Open Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday) as cart \gset
select tests.held(:cart) as registration \gset
select tests.cart(tests.student(:family, 'Two'), :tuesday) as cart \gset
create temporary table refusal as select tests.checkout_error(:cart) as body;
select is(
    (select body ->> 'code' from refusal), 'checkout_open', 'a second checkout waits for the first'
);
select is(
    (select body ->> 'details' from refusal)::jsonb,
    jsonb_build_object('registration_id', :registration),
    'which is named'
);
select is(
    tests.error_code(
        format(
            $sql$select tests.run($$insert into enrollment.registrations
            (studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at)
            select studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
            from enrollment.registrations where id = %s$$)$sql$, :registration
        )
    ),
    '23505', 'the table allows no second one'
);
-- Lapsed, it is no longer in the way: checkout gives back its seats itself.
select tests.lapse(:registration);
select is(tests.checkout_error(:cart) ->> 'code', null, 'a lapsed one does not wait for the job');
select is(
    tests.registration_status(
        (select max(r.id) from enrollment.registrations as r where r.family_id = :family)
    ),
    'pending_payment', 'the new one is held'
);
select is(tests.registration_status(:registration), 'failed', 'the old one has failed');
select * from finish();
rollback;
