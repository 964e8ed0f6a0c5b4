begin;
set local search_path = tap, public;
select plan(24);
select tests.section('Mon', '{1}') as one, tests.section('Tue', '{2}') as two,
    tests.section('Wed', '{3}') as three \gset
select tests.worker('manager') as manager \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.planned(tests.cart(:student, :one, :two)) as registration \gset
select r.total_minor as total from enrollment.registrations as r where r.id = :registration \gset
select is(:total, 176304, 'two classes by a plan of five parts: its fee is inside');
select is(
    tests.parts(:registration), 'paid 35261, scheduled 35261, scheduled 35261, scheduled 35261, '
    || 'scheduled 35260', 'the first is paid, the others are to come'
);
select is(
    (
        select (p.auto_pay, p.do_capture, p.status, p.stored_method_id is not null)::text
        from payment.payment_plans as p where p.registration_id = :registration
    ), '(t,t,active,t)', 'and its card is the one that is charged'
);
select lives_ok('select tests.settle()', 'it adds up');
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)),
    to_jsonb(:total - 35261), 'the others are owed'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '0'::jsonb,
    'and no debt while their days are to come'
);

-- What costs less is taken off the last parts first.
create function pg_temp.change(section bigint, call text) returns jsonb language sql as $$
    select tests.as_staff(
        (select min(m.account_id) from studio.memberships as m where m.role = 'manager'),
        format(call, (
            select e.id from enrollment.enrollments as e
            where e.section_id = section and e.status = 'confirmed'
        )),
        p_role => 'manager'
    )
$$;
select is(
    pg_temp.change(:two, 'api.cancel_enrollment(%s, ''ill'', preview => true)')
    ->> 'price_change_minor', '-82161', 'a preview'
);
select is(
    tests.parts(:registration), 'paid 35261, scheduled 35261, scheduled 35261, scheduled 35261, '
    || 'scheduled 35260', 'changes nothing'
);
select pg_temp.change(:two, 'api.cancel_enrollment(%s, ''ill'')') \g /dev/null
select is(
    tests.parts(:registration),
    'paid 35261, scheduled 35261, scheduled 23621, waived 0, waived 0', 'one class less'
);
select lives_ok('select tests.settle()', 'it adds up');

-- What costs more is put on the next one.
select pg_temp.change(
    :one, format('api.transfer_enrollment(%%s, %s, ''late'', price_change_minor => 1000)', :three)
) \g /dev/null
select is(
    tests.parts(:registration),
    'paid 35261, scheduled 36261, scheduled 23621, waived 0, waived 0', 'a dearer class'
);
-- What was paid too much is open of none.
select pg_temp.change(:three, 'api.cancel_enrollment(%s, ''ill'', as_credit => false)') \g /dev/null
select is(
    tests.parts(:registration), 'paid 35261, waived 0, waived 0, waived 0, waived 0',
    'nothing is left to pay'
);
select is(
    (select p.status from payment.payment_plans as p where p.registration_id = :registration),
    'completed', 'so the plan ends'
);
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)) < '0'::jsonb, true,
    'and what was paid is paid too much'
);
select lives_ok('select tests.settle()', 'it adds up');

-- Of a plan whose parts are all paid, what costs more is one part more.
select tests.student(:family, 'Mateo') as student \gset
select tests.planned(tests.cart(:student, :one), 'deposit') as registration \gset
select is(
    tests.parts(:registration), 'paid 45822, scheduled 45821', 'a deposit and the balance, by hand'
);
select (
    tests.as_family(
        :family, format(
            'api.start_payment(%s, ''https://a.b'', ''https://a.b'', installment_id => %s)',
            :registration, tests.part(:registration, 2)
        )
    ) ->> 'payment_id'
)::bigint as payment \gset
select tests.forget_calls(:payment);
select tests.apply(:payment, tests.sale(:payment, 'balance'));
select is(tests.parts(:registration), 'paid 45822, paid 45821', 'the balance is paid');
select is(tests.calls(:payment), null, 'and kept');
select pg_temp.change(
    :one, format('api.transfer_enrollment(%%s, %s, ''late'', price_change_minor => 500)', :three)
) \g /dev/null
select is(
    tests.parts(:registration), 'paid 45822, paid 45821, scheduled 500', 'a dearer class'
);
select is(
    (
        select (p.status, i.due_on = tests.value('studio.local_date(now())')::text::date)::text
        from payment.payment_plans as p
        inner join payment.installments as i
            on p.registration_id = i.registration_id and i.number = 3
        where p.registration_id = :registration
    ), '(active,t)', 'due at once, of a plan that goes on'
);
select lives_ok('select tests.settle()', 'it adds up');

-- Nobody makes it say anything else.
update payment.installments set amount_minor = 501 where id = tests.part(:registration, 3);
select is(tests.error_code('select tests.settle()'), '23514', 'a part of another amount');
update payment.installments set amount_minor = 500 where id = tests.part(:registration, 3);
select lives_ok('select tests.settle()', 'until it is right again');
-- A sale that is lost later is owed again, by the next part.
select tests.apply(
    :payment, tests.sale(:payment, 'balance', '{"state": "voided", "isAuthorized": true}')
);
select is(
    tests.parts(:registration), 'paid 45822, paid 45821, scheduled 46321',
    'money that is gone is asked for again'
);

select * from finish();
rollback;
