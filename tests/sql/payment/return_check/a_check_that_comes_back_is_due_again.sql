begin;
set local search_path = tap, public;
select plan(20);
select tests.section('Checks', p_capacity => null) as section \gset
select tests.worker() as staff \gset
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select r.total_minor as due from enrollment.registrations as r where r.id = :registration \gset
create function pg_temp.record(staff bigint, registration bigint, arguments text)
returns bigint language sql as $$
    select (
        tests.as_staff(staff, format('api.record_payment(%s, %s)', registration, arguments))
        ->> 'offline_payment_id'
    )::bigint
$$;
create function pg_temp.error(staff bigint, payment bigint, arguments text)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', staff,
            format('api.return_check(%s, %s)', payment, arguments)
        )
    )
$$;
select pg_temp.record(:staff, :registration, format('''check'', %s, ''17''', :due)) as paid \gset
select is(pg_temp.error(:staff, :paid, w.arguments), w.code, w.arguments)
from (
    values
    ('null', 'reason_required'),
    ('''  ''', 'reason_required'),
    (format('%L', repeat('x', 501)), 'reason_required'),
    (format('''no funds'', %L', now() + interval '2 days'), 'returned_on_invalid'),
    (format('''no funds'', %L', now() - interval '2 days'), 'returned_on_invalid')
) as w (arguments, code);
select is(pg_temp.error(:staff, 0, '''no funds'''), 'payment_not_found', 'no such payment');
select is(
    tests.family_error_code(:family, format('api.return_check(%s, ''no funds'')', :paid)), '42501',
    'families can''t'
);
select is(
    tests.as_staff(:staff, format('api.return_check(%s, ''no funds'', preview => true)', :paid))
    - '{balance_due_on}'::text [],
    jsonb_build_object(
        'offline_payment_id', :paid, 'registration_id', :registration,
        'registration_status', 'partial', 'amount_minor', :due, 'due_minor', :due, 'preview', true
    ),
    'a preview says that all of it would be due'
);
select is(tests.registration_status(:registration), 'confirmed', 'and changes nothing');
select is(
    tests.as_staff(:staff, format('api.return_check(%s, ''no  funds'')', :paid))
    ->> 'registration_status',
    'partial', 'the act does it'
);
select is(
    (
        select
            concat_ws(
                ' ', o.status, o.returned_on = r.balance_due_on,
                o.returned_on = (tests.value('studio.local_date(now())') #>> '{}')::date,
                o.return_reason
            )
        from payment.offline_payments as o
        inner join enrollment.registrations as r on o.registration_id = r.id
        where o.id = :paid
    ),
    'returned t t no funds', 'today, with its reason, and at once'
);
select is(
    (
        select distinct s.status from enrollment.seats as s
        inner join enrollment.enrollments as e on s.enrollment_id = e.id
        where e.registration_id = :registration
    ),
    'confirmed', 'what is enrolled stays so'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family))::bigint, :due::bigint,
    'it is owed'
);
select is(
    (
        select string_agg(m.template_code, ',' order by m.id) from messaging.messages as m
        where m.registration_id = :registration
    ),
    'registration_confirmed,check_returned', 'the family is told'
);
select is(pg_temp.error(:staff, :paid, '''again'''), 'payment_not_returnable', 'it comes back once');
select pg_temp.record(:staff, :registration, format('''cash'', %s', :due)) as cash \gset
select is(tests.registration_status(:registration), 'confirmed', 'paid anew, nothing is due');
select is(pg_temp.error(:staff, :cash, '''no'''), 'payment_not_returnable', 'cash does not come back');

-- A part of it: the rest stays paid. One that was given back is not returned as well.
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select r.total_minor as due from enrollment.registrations as r where r.id = :registration \gset
select tests.worker('owner') as owner \gset
select
    tests.as_staff(
        :owner,
        format(
            'api.record_payment(%s, ''ach'', 1000, balance_due_on => %L)', :registration,
            now() + interval '9 days'
        ),
        null, 'owner'
    ) ->> 'offline_payment_id' as part \gset
select pg_temp.record(:staff, :registration, format('''cash'', %s', :due - 1000)) as rest \gset
select is(
    tests.as_staff(:staff, format('api.return_check(%s, ''closed'')', :part)) -> 'due_minor',
    '1000', 'a debit comes back, too, and as much is due'
);
select pg_temp.record(:staff, :registration, '''check'', 1000, ''9''') as check \gset
select tests.as_staff(
    :staff, format('api.refund_payment(offline_payment_id => %s, amount_minor => 100,
    reason => ''a lesson was missed'')', :check)
) ->> 'registration_status' as status \gset
select is(:'status'::text, 'confirmed', 'a part of a check is given back');
select is(pg_temp.error(:staff, :check, '''no'''), 'payment_refunded', 'so it did not bounce');
select * from finish();
rollback;
