begin;
set local search_path = tap, public;
select plan(52);
select tests.section('Bounds', p_capacity => null) as section \gset
select tests.section('Other', '{3}', p_capacity => null) as other \gset
select tests.worker() as staff \gset
select tests.worker('owner') as owner \gset
create function pg_temp.refund(
    staff bigint, arguments text, reason text default 'moved to another town'
) returns jsonb language sql as $$
    select tests.as_staff(
        staff, format('api.refund_payment(%s, reason => %L)', arguments, reason)
    )
$$;
create function pg_temp.error(
    staff bigint, arguments text, reason text default 'moved to another town'
) returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.refund(%s, %L, %L)', staff, arguments, reason)
    )
$$;
create function pg_temp.settled(registration bigint) returns bigint language plpgsql as $$
declare
    v_payment_id bigint;
begin
    select p.id into v_payment_id from payment.payments as p
    where p.registration_id = registration;
    perform tests.forget_calls(v_payment_id);
    perform tests.apply(
        v_payment_id, tests.sale(v_payment_id, 'trx-of-' || v_payment_id, '{"state": "settled"}')
    );
    return v_payment_id;
end;
$$;
create function pg_temp.balance(registration bigint) returns jsonb language sql as $$
    select tests.value(format('payment.balance_minor(%s, %s)', r.family_id, r.id))
    from enrollment.registrations as r where r.id = registration
$$;

select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :section, :other) as cart \gset
select tests.confirmed(:cart) as registration \gset
select pg_temp.settled(:registration) as payment \gset
select p.amount_minor as paid from payment.payments as p where p.id = :payment \gset

-- What is asked for must be there, and be said why.
select is(pg_temp.error(:staff, w.arguments), w.code, w.arguments)
from (
    values
    ('null', 'refund_target_required'),
    (format('%s, payment_id => %s', :registration, :payment), 'refund_target_required'),
    ('0', 'registration_not_found'),
    ('payment_id => 0', 'payment_not_found'),
    ('transaction_id => 0', 'payment_not_found'),
    ('offline_payment_id => 0', 'payment_not_found'),
    (format('%s, amount_minor => 0', :registration), 'refund_exceeds_paid'),
    (format('%s, amount_minor => -1', :registration), 'refund_exceeds_paid'),
    (format('%s, amount_minor => %s', :registration, :paid + 1), 'refund_exceeds_paid')
) as w (arguments, code);
select is(
    pg_temp.error(:staff, :'registration', w.reason), 'refund_reason_required',
    coalesce(left(w.reason, 20), 'no reason')
)
from (values (null), ('too short'), ('   too   short   '), (repeat('x', 501))) as w (reason);
select is(
    tests.family_error_code(
        :family, format('api.refund_payment(%s, reason => ''we want it back'')', :registration)
    ),
    '42501', 'families can''t'
);
-- Within the window that the setting gives.
create function pg_temp.confirmed_before(registration bigint, by interval) returns void
language plpgsql as $$
begin
    -- Past the trigger that keeps confirmations as they are.
    perform set_config('session_replication_role', 'replica', true);
    update enrollment.confirmations as c set confirmed_at = now() - by
    where c.registration_id = registration;
    perform set_config('session_replication_role', 'origin', true);
end;
$$;
select pg_temp.confirmed_before(:registration, '180 days 1 second');
select is(
    pg_temp.error(:staff, :'registration'), 'refund_window_closed', 'its time is over'
);
select pg_temp.confirmed_before(:registration, '180 days');
select is(tests.refunds(:registration), null, 'nothing of this has given anything back');

-- By line of the quote: no more than what is left of each.
select q.line_number as tuition, q.amount_minor as tuition_minor
from pricing.quote_lines as q
inner join enrollment.registrations as r on q.quote_id = r.quote_id
where r.id = :registration and q.kind = 'tuition' \gset
select q.line_number as costume, q.amount_minor as costume_minor
from pricing.quote_lines as q
inner join enrollment.registrations as r on q.quote_id = r.quote_id
where r.id = :registration and q.kind = 'fee' and q.code = 'costume_senior' \gset
select e.id as enrolled from enrollment.enrollments as e
where e.registration_id = :registration and e.section_id = :section \gset
select is(
    pg_temp.error(:staff, format('%s, lines => %L', :registration, w.lines)),
    'refund_lines_invalid', w.lines
)
from (
    values
    ('{}'), ('[]'), ('[1]'), ('[{}]'), ('[{"line": 1}]'), ('[{"line_number": "one"}]'),
    ('[{"line_number": -1}]'), ('[{"line_number": 1.5}]'), ('[{"line_number": 99}]'),
    (format('[{"line_number": %s, "enrollment_id": %s}]', :tuition, :enrolled)),
    (format('[{"line_number": %s}, {"line_number": %1$s}]', :tuition)),
    (format('[{"line_number": %s, "amount_minor": %s}]', :costume, :costume_minor + 1)),
    (format('[{"line_number": %s, "amount_minor": 0}]', :costume)),
    ('[{"enrollment_id": 0, "amount_minor": 100}]'),
    -- It has no line of its own: its tuition is by the week.
    (format('[{"enrollment_id": %s}]', :enrolled))
) as w (lines);
select is(
    pg_temp.error(
        :staff,
        format(
            '%s, amount_minor => 5, lines => %L', :registration,
            format('[{"line_number": %s}]', :costume)
        )
    ),
    'refund_lines_invalid', 'the amount is what the lines are'
);
select pg_temp.refund(
    :staff,
    format(
        '%s, lines => %L', :registration,
        format(
            '[{"line_number": %s}, {"enrollment_id": %s, "amount_minor": 3000}]', :costume, :enrolled
        )
    )
) as answer \gset
select is(
    :'answer'::jsonb - '{refunds}'::text [],
    jsonb_build_object(
        'registration_id', :registration, 'registration_status', 'confirmed',
        'amount_minor', :costume_minor + 3000, 'price_reduction_minor', :costume_minor + 3000,
        'left_minor', :paid - :costume_minor - 3000, 'preview', false
    ),
    'by line, the price of the lines is lowered'
);
select results_eq(
    format(
        'select l.line_number::integer, l.amount_minor from payment.refund_lines as l
        inner join payment.refunds as r on l.refund_id = r.id
        where r.registration_id = %s order by l.id', :registration
    ),
    format('values (%s, %s::bigint), (null, 3000)', :costume, :costume_minor), 'which is kept'
);
select is(
    pg_temp.error(
        :staff,
        format('%s, lines => %L', :registration, format('[{"line_number": %s}]', :costume))
    ),
    'refund_lines_invalid', 'a line goes back once'
);
select is(pg_temp.balance(:registration), '0', 'nobody owes it, before or after it is done');
select tests.exchange(:payment, 201, tests.return_of(:payment, 'refund', 'r1')) as sent \gset
select is(pg_temp.balance(:registration), '0', 'nothing is due');

-- Ending the class afterwards gives back so much less: all together is what it cost.
select tests.value(
    format('(select p.total_minor from pricing.price_of_enrolled(%s, tests.term()) as p)', :family)
)::bigint as before_minor \gset
select tests.as_staff(
    :staff, format('api.cancel_enrollment(%s, ''enough'')', :enrolled)
) as cancelled \gset
select tests.value(
    format('(select p.total_minor from pricing.price_of_enrolled(%s, tests.term()) as p)', :family)
)::bigint as after_minor \gset
select is(
    (:'cancelled'::jsonb ->> 'price_change_minor')::bigint,
    :after_minor::bigint - :before_minor + 3000
    + :costume_minor,
    'what was refunded of it, or of no other one by name, is not given again'
);
select is(
    :'cancelled'::jsonb -> 'given_back_minor',
    to_jsonb(-(:'cancelled'::jsonb ->> 'price_change_minor')::bigint), 'the rest is'
);
select is(pg_temp.balance(:registration), '0', 'and nothing is due, nor too much paid');
-- What became a credit is not refunded as well.
select is(
    pg_temp.error(
        :staff,
        format(
            '%s, amount_minor => %s', :registration,
            :paid - :costume_minor - 3000 - (:'cancelled'::jsonb ->> 'given_back_minor')::bigint + 1
        )
    ),
    'refund_exceeds_paid', 'what became a credit is not refunded as well'
);

-- Paid too much: that goes back first, and lowers no price.
select tests.confirmed(tests.cart(tests.student(:family, 'Two'), :section)) as registration \gset
select pg_temp.settled(:registration) as payment \gset
select p.amount_minor as paid from payment.payments as p where p.id = :payment \gset
select e.id as enrolled from enrollment.enrollments as e where e.registration_id = :registration \gset
select tests.as_staff(
    :staff,
    format(
        'api.cancel_enrollment(%s, ''enough'', as_credit => false, price_change_minor => -2000)',
        :enrolled
    )
) -> 'due_minor' as due \gset
select is(:'due'::bigint, -2000::bigint, 'too much was paid');
select pg_temp.refund(:staff, format('%s, amount_minor => 2500', :registration)) as answer \gset
select is(:'answer'::jsonb -> 'price_reduction_minor', '500', 'only what goes beyond lowers it');
select is(pg_temp.balance(:registration), '0', 'then it is even');

-- By cash and by card: cards first, and without a card it is done at once.
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select tests.as_staff(
    :owner,
    format(
        'api.record_payment(%s, ''cash'', 4000, balance_due_on => %L)', :registration,
        now() + interval '9 days'
    ),
    null, 'owner'
) ->> 'offline_payment_id' as first \gset
select tests.as_staff(
    :staff,
    format('api.record_payment(%s, ''cash'', %s)', :registration, pg_temp.balance(:registration))
) ->> 'offline_payment_id' as second \gset
select is(
    pg_temp.error(:staff, format('offline_payment_id => %s, amount_minor => 4001', :first)),
    'refund_exceeds_paid', 'no more than that one payment'
);
select pg_temp.refund(:staff, format('offline_payment_id => %s, amount_minor => 1500', :first)) as answer \gset
select is(tests.refunds(:registration), 'offline done 1500', 'cash is handed back, and that is that');
select is(
    (select o.refunded_minor from payment.offline_payments as o where o.id = :first), 1500::bigint,
    'and counted'
);
select throws_ok(
    format(
        'select tests.run(''update payment.offline_payments set refunded_minor = 4001
        where id = %s'')', :first
    ),
    '23514', null, 'a constraint keeps it below what came'
);
select pg_temp.refund(:staff, :'registration') as answer \gset
select is(
    jsonb_array_length(:'answer'::jsonb -> 'refunds') || ' ' || tests.registration_status(:registration),
    '2 refunded', 'all of both ends it'
);
select is(
    pg_temp.error(:staff, :'registration'), 'nothing_to_refund', 'nothing is left'
);

-- The sum is bound by the row, whatever anybody writes.
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select pg_temp.settled(:registration) as payment \gset
select p.amount_minor as paid from payment.payments as p where p.id = :payment \gset
select pg_temp.refund(:staff, format('%s, amount_minor => 5000', :registration)) as answer \gset
select throws_ok(
    format(
        $sql$
        select tests.run(
            'insert into payment.refunds (studio_id, family_id, registration_id, transaction_id,
            kind, amount_minor, price_reduction_minor, currency, cause, reason, reference)
            select r.studio_id, r.family_id, r.registration_id, r.transaction_id, ''refund'', %s,
            0, r.currency, ''surplus'', ''x'', ''x'' from payment.refunds as r
            where r.registration_id = %s'
        )
        $sql$,
        :paid - 4999, :registration
    ),
    '23514', null, 'what is pending counts'
);
select is(
    (select t.refunded_minor from payment.transactions as t where t.payment_id = :payment),
    5000::bigint, 'as it stands with the sale'
);
select * from finish();
rollback;
