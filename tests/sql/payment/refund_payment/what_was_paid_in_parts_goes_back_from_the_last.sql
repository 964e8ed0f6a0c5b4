begin;
set local search_path = tap, public;
select plan(11);
select tests.section('Halves', p_capacity => null) as section \gset
select tests.worker('owner') as owner \gset
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select r.total_minor as total, r.total_minor / 2 as half from enrollment.registrations as r
where r.id = :registration \gset
select q.line_number as tuition, q.amount_minor as tuition_minor
from pricing.quote_lines as q
inner join enrollment.registrations as r on q.quote_id = r.quote_id
where r.id = :registration and q.kind = 'tuition' \gset
create function pg_temp.act(act text) returns jsonb language sql as $$
    select tests.as_staff(
        (select m.account_id from studio.memberships as m where m.role = 'owner'
        order by m.id desc limit 1), act, p_role => 'owner'
    )
$$;
-- Half of it now, the other half later: both in cash.
select pg_temp.act(
    format('api.record_payment(%s, ''cash'', %s, balance_due_on => %L)', :registration, :half,
    current_date + 30)
) ->> 'offline_payment_id' as first \gset
select pg_temp.act(
    format('api.record_payment(%s, ''cash'', %s)', :registration, :total - :half)
) ->> 'offline_payment_id' as second \gset
select is(tests.registration_status(:registration), 'confirmed', 'all is paid');

create function pg_temp.refund(registration bigint, line bigint, minor bigint) returns text
language sql as $$
    select string_agg(
        concat_ws(' ', r ->> 'offline_payment_id', r ->> 'amount_minor', r ->> 'status'), ', '
        order by r ->> 'refund_id'
    )
    from jsonb_array_elements(
        pg_temp.act(
            format(
                'api.refund_payment(%s, reason => ''a broken arm'', lines => %L)', registration,
                format('[{"line_number": %s, "amount_minor": %s}]', line, minor)
            )
        ) -> 'refunds'
    ) as r
$$;
create function pg_temp.lines(registration bigint) returns text language sql as $$
    select string_agg(concat_ws(' ', l.line_number, l.amount_minor), ', ' order by l.id)
    from payment.refund_lines as l
    inner join payment.refunds as f on l.refund_id = f.id
    where f.registration_id = registration
$$;
-- Less than the last one paid: nothing is taken of the one before.
select is(
    pg_temp.refund(:registration, :tuition, 100), :'second' || ' 100 done', 'from the last one'
);
select is(pg_temp.lines(:registration), :'tuition' || ' 100', 'as a part of a line');
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)), '0',
    'the price is lower, and nothing is owed'
);
-- More than what is left of it: the line goes on with the one before.
select is(
    pg_temp.refund(:registration, :tuition, :tuition_minor - 100),
    format(
        '%s %s done, %s %s done', :second, :total - :half - 100, :first,
        :tuition_minor - (:total - :half)
    ),
    'the last first, then the one before'
);
select is(
    pg_temp.lines(:registration),
    format(
        '%1$s 100, %1$s %2$s, %1$s %3$s', :tuition, :total - :half - 100,
        :tuition_minor - (:total - :half)
    ),
    'one line, with both refunds'
);
select is(
    tests.error_code(
        format('select pg_temp.refund(%s, %s, 1)', :registration, :tuition)
    ), 'refund_lines_invalid', 'nothing is left of that line'
);
select lives_ok('select tests.settle()', 'it adds up');

-- What is under way or done is neither sent nor looked for again.
select tests.open_payment(:section) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx' || :payment));
select pg_temp.act(
    format('api.refund_payment(payment_id => %s, reason => ''a broken arm'')', :payment)
) \g /dev/null
select f.id as refund from payment.refunds as f
where f.registration_id = tests.registration_of(:payment) \gset
select is(
    tests.value(format('payment.find_returns(%s)', :refund)), 'false',
    'while it waits to be sent nobody looks for it'
);
select tests.exchange(:payment, 201, tests.return_of(:payment, 'void', 'back' || :payment)) \g /dev/null
select is(
    tests.value(format('payment.send_refund(%s)', :refund)), 'false', 'one that is done is not sent'
);
select is(tests.calls(:payment), 'void_transaction answered', 'it was sent once');
select * from finish();
rollback;
