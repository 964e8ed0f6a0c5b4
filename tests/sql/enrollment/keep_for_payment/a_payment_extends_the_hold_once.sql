begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Extended') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.run(
    format(
        'update enrollment.registrations set hold_expires_at = now() + interval ''1 minute''
        where id = %s',
        :registration
    )
);
select tests.payment(:registration) as payment \gset
select is(
    (
        select (r.hold_expires_at - now())::text from enrollment.registrations as r
        where r.id = :registration
    ), '00:10:00',
    'a payment begun in the last minute has ten'
);
select is(
    (
        select (p.session_ends_at - now())::text from payment.payments as p where p.id = :payment
    ), '00:10:00',
    'the gateway''s session ends with the hold'
);
select is(tests.payment(:registration)::text, :'payment', 'an open payment is gone on with');
select tests.run(
    format(
        $$update enrollment.registrations set hold_expires_at = now() + interval '2 minutes'
        where id = %s;
        update payment.payments set status = 'expired' where id = %s$$, :registration, :payment
    )
);
select tests.payment(:registration) as second \gset
select is(
    (
        select (r.hold_expires_at - now())::text from enrollment.registrations as r
        where r.id = :registration
    ), '00:02:00',
    'a second payment extends nothing'
);
select is(
    (
        select (p.session_ends_at - now())::text from payment.payments as p where p.id = :second
    ), '00:02:00',
    'and must be quick'
);
-- How long is a setting, which a term may change.
select tests.run(
    format(
        'insert into studio.settings (studio_id, term_id, payment_minutes)
        values (auth.studio_id(), %s, 20)',
        tests.term()
    )
);
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
select is(
    (
        select (r.hold_expires_at - now())::text from enrollment.registrations as r
        where r.id = :registration
    ), '00:20:00',
    'twenty minutes in this term'
);
select tests.run('delete from studio.settings where term_id is not null');
-- A long hold is not cut short, but the gateway allows half an hour.
select tests.run(
    'update studio.settings set hold_minutes = 120 where studio_id = auth.studio_id()'
);
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
select is(
    (
        select (r.hold_expires_at - now())::text from enrollment.registrations as r
        where r.id = :registration
    ), '02:00:00',
    'a long hold stays as long'
);
select is(
    (
        select (p.session_ends_at - now())::text from payment.payments as p where p.id = :payment
    ), '00:29:00',
    'its session is a little less than the half hour the gateway allows'
);
select * from finish();
rollback;
