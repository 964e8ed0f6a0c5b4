begin;
set local search_path = tap, public;
select plan(12);
select tests.section('Released', '{1}', p_capacity => 2) as section \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :section) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :section) as cart \gset
select tests.held(:cart) as registration \gset
select is(tests.value('enrollment.expire_holds()'), '0', 'a hold that is not over is left alone');
select tests.lapse(:registration);
select is(tests.value('enrollment.expire_holds()'), '1', 'the job releases what has lapsed');
select is(
    (
        select (r.status, r.status_reason)::text from enrollment.registrations as r
        where r.id = :registration
    ),
    '(failed,hold_lapsed)', 'the registration has failed, and says why'
);
select is(
    (
        select array_agg(e.status) from enrollment.enrollments as e
        where e.registration_id = :registration
    ),
    '{failed,failed}', 'with all its enrollments'
);
select is_empty(
    format('select id from enrollment.seats where family_id = %s', :family), 'no seat is left'
);
select is(
    (
        select array_agg(isempty(p.taken)) from enrollment.places as p where p.section_id = :section
    ), '{t,t}',
    'no place is taken'
);
select is(
    (
        select w.status from pricing.family_awards as w where w.registration_id = :registration
    ), 'returned',
    'the family discount is given back'
);
select is(
    (select c.status from enrollment.carts as c where c.id = :cart), 'open', 'the cart stays open'
);
select is(
    (
        select e.payload from ops.domain_events as e where e.kind = 'registration.released'
        and e.subject_id = :registration
    ),
    '{"status": "failed", "reason": "hold_lapsed", "enrollments": 2}', 'it is announced'
);
select is(tests.value('enrollment.expire_holds()'), '0', 'a second run changes nothing');
select tests.run(
    format('select enrollment.release_registration(%s, ''cancelled'', ''again'')', :registration)
);
select is(tests.registration_status(:registration), 'failed', 'what has ended is not ended again');
select is(tests.checkout(:cart) ->> 'status', 'pending_payment', 'the family may check out again');
select * from finish();
rollback;
