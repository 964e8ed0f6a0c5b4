begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Work list', p_capacity => null) as section \gset
select tests.worker() as staff \gset
create function pg_temp.incidents(staff bigint, registration bigint) returns text
language sql as $$
    select tests.as_staff(
        staff,
        format(
            '(select string_agg(i.kind, '','') from api.incidents as i where i.registration_id = %s)',
            registration
        )
    ) #>> '{}'
$$;

-- A part of a plan is paid by a sale of its own, which confirms nothing.
select tests.family() as family \gset
select tests.planned(
    tests.cart(tests.student(:family), :section), 'deposit'
) as registration \gset
select is(pg_temp.incidents(:staff, :registration), null, 'the first part confirms');
select (
    tests.as_family(
        :family, format(
            'api.start_payment(%s, ''https://a.b'', ''https://a.b'', installment_id => %s)',
            :registration, tests.part(:registration, 2)
        )
    ) ->> 'payment_id'
)::bigint as payment \gset
select tests.forget_calls(:payment) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'balance')) \g /dev/null
select matches(tests.parts(:registration), '^paid \d+, paid \d+$', 'the second part is paid');
select is(pg_temp.incidents(:staff, :registration), null, 'and is money that has paid something');

-- A second card that is settled already can't be voided, and stays settled when it is refunded.
select tests.open_payment(:section) as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.apply(:payment, tests.sale(:payment, 'one')) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'two', '{"state": "settled"}')) \g /dev/null
select matches(tests.refunds(:registration), '^refund pending \d+$', 'it is to be refunded');
select is(pg_temp.incidents(:staff, :registration), null, 'which is under way');
select tests.exchange(
    :payment, 201, tests.return_of(:payment, 'refund', 'back')
) as sent \gset
select matches(tests.refunds(:registration), '^refund done \d+$', 'until it is done');
select is(
    pg_temp.incidents(:staff, :registration), null, 'money that is back with the family is not here'
);

-- What the gateway does not give back is for staff.
select tests.apply(:payment, tests.sale(:payment, 'three', '{"state": "settled"}')) \g /dev/null
select tests.exchange(
    :payment, 201,
    tests.return_of(
        :payment, 'refund', 'never',
        '{"state": "declined", "isAuthorized": false,
        "failures": [{"code": "declinedByProcessor"}]}'
    )
) as sent \gset
select matches(
    tests.refunds(:registration), 'refund failed declinedByProcessor \d+$', 'a third one stays'
);
select is(pg_temp.incidents(:staff, :registration), 'money_not_returned', 'and is listed');
select * from finish();
rollback;
