begin;
set local search_path = tap, public;
select plan(11);
select tests.section('Abandoned', '{1}', p_capacity => 1) as section \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family), :section) as cart \gset
select tests.held(:cart) as registration \gset
select format('api.abandon_checkout(%s)', :registration) as call \gset
select is(
    tests.family_error_code(tests.family('Stranger'), :'call'), 'registration_not_found',
    'not another family''s'
);
select is(
    tests.family_error_code(:family, 'api.abandon_checkout(null)'), 'registration_not_found',
    'not nothing'
);
select is(
    tests.as_family(:family, :'call') - 'quote_id' - 'term_id',
    jsonb_build_object(
        'registration_id', :registration, 'status', 'cancelled', 'status_reason', 'abandoned',
        'total_minor', 91643, 'currency', 'USD', 'hold_expires_at', null
    ),
    'it is cancelled'
);
select is(tests.value(format('enrollment.seats_left(%s)', :section)), '1', 'its place is free');
select is(tests.as_family(:family, :'call') ->> 'status', 'cancelled', 'a repeat changes nothing');
select is(
    tests.error_code(format('select tests.payment(%s)', :registration)), 'registration_closed',
    'it can not be paid'
);
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
select is(
    tests.family_error_code(:family, format('api.abandon_checkout(%s)', :registration)),
    'payment_under_way',
    'not while a payment is open'
);
select tests.apply(:payment, tests.sale(:payment));
select is(
    tests.family_error_code(:family, format('api.abandon_checkout(%s)', :registration)),
    'registration_confirmed',
    'not once it is paid'
);
select tests.section('Abandoned by staff', '{2}') as section \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.worker() as staff \gset
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.abandon_checkout(%s)'')', :staff, :registration)
    ),
    'family_required', 'staff say for which family'
);
select is(
    tests.as_staff(
        :staff, format('api.abandon_checkout(%s)', :registration), :family
    ) ->> 'status', 'cancelled',
    'and may then do it'
);
select is(
    (select (a.acting_role, a.account_id, a.family_id)::text from ops.audit_log as a
    where a.entity = 'enrollment.registrations' and a.entity_id = :registration
    and a.action = 'update'),
    row('staff'::text, :staff::bigint, :family::bigint)::text, 'which is in the audit log as theirs'
);
select * from finish();
rollback;
