begin;
set local search_path = tap, public;
select plan(44);
select tests.section('Transfers', p_capacity => null) as section \gset
select tests.worker() as staff \gset
select tests.worker('manager') as manager \gset
create function pg_temp.held(section bigint) returns bigint language sql as $$
    select tests.held(tests.cart(tests.student(tests.family()), section))
$$;
create function pg_temp.family(registration bigint) returns bigint language sql as $$
    select r.family_id from enrollment.registrations as r where r.id = registration
$$;
create function pg_temp.due(registration bigint) returns bigint language sql as $$
    select r.total_minor from enrollment.registrations as r where r.id = registration
$$;
create function pg_temp.submit(registration bigint, arguments text default '''transfer'', ''T 1''')
returns jsonb language sql as $$
    select tests.as_family(
        pg_temp.family(registration),
        format('api.submit_payment_review(%s, %s)', registration, arguments)
    )
$$;
create function pg_temp.submit_error(registration bigint, arguments text)
returns text language sql as $$
    select tests.error_code(format('select pg_temp.submit(%s, %L)', registration, arguments))
$$;
create function pg_temp.review(staff bigint, review bigint, arguments text)
returns jsonb language sql as $$
    select tests.as_staff(staff, format('api.review_payment(%s, %s)', review, arguments))
$$;
create function pg_temp.review_error(staff bigint, review bigint, arguments text)
returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.review(%s, %s, %L)', staff, review, arguments)
    )
$$;
create function pg_temp.told(registration bigint) returns text language sql as $$
    select string_agg(distinct m.template_code, ',' order by m.template_code)
    from messaging.messages as m where m.registration_id = registration
$$;

select pg_temp.held(:section) as registration \gset
select is(pg_temp.submit_error(:registration, w.arguments), w.code, w.arguments)
from (
    values
    ('''card'', ''T 1''', 'review_invalid'),
    ('null, ''T 1''', 'review_invalid'),
    ('''transfer'', null', 'review_invalid'),
    ('''transfer'', ''  ''', 'review_invalid'),
    (format('''transfer'', %L', repeat('x', 101)), 'review_invalid'),
    (format('''transfer'', ''T 1'', note => %L', repeat('x', 501)), 'review_invalid'),
    ('''transfer'', ''T 1'', 1', 'review_amount_differs')
) as w (arguments, code);
select is(
    tests.family_error_code(
        tests.family(), format('api.submit_payment_review(%s, ''cash'', ''x'')', :registration)
    ),
    'registration_not_found', 'another family''s is not there'
);
select is(
    pg_temp.submit_error(
        tests.registration_of(tests.open_payment(:section)), '''transfer'', ''T 1'''
    ),
    'payment_under_way', 'nor is there anything to look for while a card is being charged'
);
select pg_temp.submit(
    :registration, format('''transfer'', ''  T   1 '', %s, ''from grandma''', pg_temp.due(:registration))
) as submitted \gset
select :'submitted'::jsonb ->> 'review_id' as review \gset
select is(
    :'submitted'::jsonb - '{hold_expires_at}'::text [],
    jsonb_build_object(
        'review_id', :review, 'registration_id', :registration, 'status', 'submitted',
        'amount_minor', pg_temp.due(:registration), 'currency', 'USD'
    ),
    'it waits for staff'
);
select is(
    (
        select r.hold_expires_at - now() from enrollment.registrations as r
        where r.id = :registration
    ),
    interval '72 hours', 'so long its seats are kept'
);
select is(
    tests.as_staff(
        :staff,
        format(
            '(select concat_ws('' '', v.kind, v.reference, v.note, v.status)
            from api.payment_reviews as v where v.id = %s)', :review
        )
    ),
    '"transfer T 1 from grandma submitted"', 'staff see what to look for'
);
select results_eq(
    format(
        'select m.template_code, m.account_id from messaging.messages as m
        where m.registration_id = %s and m.account_id = %s', :registration, :manager
    ),
    format('values (''staff_review_submitted'', %s::bigint)', :manager),
    'and who runs the studio is told'
);
select is(
    tests.as_family(pg_temp.family(:registration), '(select count(*) from api.messages)'), '0',
    'which is not for the family'
);
select is(
    pg_temp.submit_error(:registration, '''transfer'', ''T 2'''), 'payment_in_review', 'one at a time'
);
select is(
    tests.error_code(format('select tests.payment(%s)', :registration)), 'payment_in_review',
    'and no card beside it'
);
select is(pg_temp.review_error(:staff, :review, w.arguments), w.code, w.arguments)
from (
    values
    ('null', 'review_decision_invalid'),
    ('false', 'review_decision_invalid'),
    ('false, ''  ''', 'review_decision_invalid'),
    (format('false, %L', repeat('x', 501)), 'review_decision_invalid'),
    (format('true, null, %L', now() + interval '3 days'), 'received_on_invalid')
) as w (arguments, code);
select is(pg_temp.review_error(:staff, 0, 'true'), 'review_not_found', 'no such review');
select is(
    tests.family_error_code(
        pg_temp.family(:registration), format('api.review_payment(%s, true)', :review)
    ),
    '42501', 'families do not decide'
);
select pg_temp.review(:staff, :review, 'true') as approved \gset
select is(
    :'approved'::jsonb - '{offline_payment_id}'::text [],
    jsonb_build_object(
        'review_id', :review, 'status', 'approved', 'registration_id', :registration,
        'registration_status', 'confirmed'
    ),
    'an approval confirms'
);
select is(
    (
        select concat_ws(' ', c.cause, o.kind, o.reference, o.amount_minor = c.amount_minor)
        from enrollment.confirmations as c
        inner join payment.offline_payments as o on c.offline_payment_id = o.id
        where c.registration_id = :registration and o.review_id = :review
    ),
    'review transfer T 1 t', 'by the payment that was found'
);
select is(
    pg_temp.told(:registration), 'registration_confirmed,staff_review_submitted',
    'the family is told'
);
select is(
    pg_temp.review_error(:staff, :review, 'false, ''no'''), 'review_decided', 'it is decided once'
);
select is(
    pg_temp.submit_error(:registration, '''transfer'', ''T 2'''), 'registration_confirmed',
    'nothing is left to say'
);

-- Rejected, as often as the setting allows; then the seats are given back.
select pg_temp.held(:section) as registration \gset
select pg_temp.submit(:registration) ->> 'review_id' as review \gset
select is(
    pg_temp.review(:staff, :review, 'false, ''  not  there ''') ->> 'registration_status',
    'pending_payment', 'a rejection keeps the seats'
);
select is(
    tests.as_family(
        pg_temp.family(:registration),
        format('(select v.decision_reason from api.payment_reviews as v where v.id = %s)', :review)
    ),
    '"not there"', 'the family reads why'
);
select is(
    pg_temp.told(:registration), 'review_rejected,staff_review_submitted', 'and is told'
);
select pg_temp.review(
    :staff, (pg_temp.submit(:registration) ->> 'review_id')::bigint, 'false, ''no'''
) as second \gset
select is(
    :'second'::jsonb ->> 'registration_status', 'pending_payment', 'it may try again'
);
select pg_temp.review(
    :staff, (pg_temp.submit(:registration) ->> 'review_id')::bigint, 'false, ''no'''
) as third \gset
select is(
    :'third'::jsonb ->> 'registration_status', 'cancelled', 'three times in all'
);
select is(
    (
        select concat_ws(
            ' ', r.status_reason,
            (select count(*) from enrollment.seats as s
            inner join enrollment.enrollments as e on s.enrollment_id = e.id
            where e.registration_id = r.id)
        )
        from enrollment.registrations as r where r.id = :registration
    ),
    'review_rejected 0', 'then its seats are free'
);
select is(
    pg_temp.told(:registration), 'review_ended,review_rejected,staff_review_submitted',
    'and the family is told'
);
select is(
    pg_temp.submit_error(:registration, '''transfer'', ''T 9'''), 'registration_closed',
    'that was it'
);

-- Paid otherwise, or given up: there is nothing to decide.
select pg_temp.held(:section) as registration \gset
select pg_temp.submit(:registration) ->> 'review_id' as review \gset
select tests.as_staff(
    :staff, format('api.record_payment(%s, ''cash'', %s)', :registration, pg_temp.due(:registration))
) ->> 'registration_status' as status \gset
select is(
    (select concat_ws(' ', v.status, v.decided_by) from payment.payment_reviews as v where v.id = :review),
    'withdrawn', 'paid in cash instead'
);
select pg_temp.held(:section) as registration \gset
select pg_temp.submit(:registration) ->> 'review_id' as review \gset
select tests.as_family(
    pg_temp.family(:registration), format('api.abandon_checkout(%s)', :registration)
) as given_up \gset
select is(
    pg_temp.review_error(:staff, :review, 'true'), 'review_decided', 'given up meanwhile'
);

-- Staff took too long: the money may still be found.
select tests.section('Slow', '{2}', p_capacity => 1) as one \gset
select pg_temp.held(:one) as registration \gset
select pg_temp.submit(:registration) ->> 'review_id' as review \gset
select tests.lapse(:registration);
select tests.value('enrollment.expire_holds()') as released \gset
select is(tests.registration_status(:registration), 'failed', 'its hold has lapsed');
select is(
    pg_temp.review(:staff, :review, 'true') ->> 'registration_status', 'confirmed',
    'its seat is still free'
);
select tests.section('Too slow', '{3}', p_capacity => 1) as one \gset
select pg_temp.held(:one) as registration \gset
select pg_temp.submit(:registration) ->> 'review_id' as review \gset
select tests.lapse(:registration);
select pg_temp.held(:one) as other \gset
select is(
    pg_temp.review_error(:staff, :review, 'true'), 'registration_expired', 'somebody else has it'
);
select is(
    (select v.status from payment.payment_reviews as v where v.id = :review), 'submitted',
    'nothing is decided by that'
);
select is(
    pg_temp.review(:staff, :review, 'false, ''sold; the money goes back''')
    ->> 'registration_status',
    'failed', 'staff say so'
);
select is(
    pg_temp.submit_error(:registration, '''transfer'', ''T 9'''), 'registration_expired',
    'what has lapsed can''t be paid so'
);
select * from finish();
rollback;
