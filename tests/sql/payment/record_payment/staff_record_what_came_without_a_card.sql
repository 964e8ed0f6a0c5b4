begin;
set local search_path = tap, public;
select plan(45);
select tests.section('Cash', p_capacity => null) as section \gset
select tests.worker() as staff \gset
select tests.worker('owner') as owner \gset
create function pg_temp.record(
    staff bigint, registration bigint, arguments text, role text default 'staff'
) returns jsonb language sql as $$
    select tests.as_staff(
        staff, format('api.record_payment(%s, %s)', registration, arguments), null, role
    )
$$;
create function pg_temp.error(
    staff bigint, registration bigint, arguments text, role text default 'staff'
) returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.record(%s, %s, %L, %L)', staff, registration, arguments, role)
    )
$$;
create function pg_temp.state(registration bigint) returns text language sql as $$
    select
        concat_ws(
            ' ', r.status, c.cause, c.amount_minor,
            (
                select string_agg(distinct s.status, ',')
                from enrollment.enrollments as e
                inner join enrollment.seats as s on e.studio_id = s.studio_id and e.id = s.enrollment_id
                where e.registration_id = r.id
            )
        )
    from enrollment.registrations as r
    left join enrollment.confirmations as c
        on r.studio_id = c.studio_id and r.confirmation_id = c.id
    where r.id = registration
$$;
create function pg_temp.due(registration bigint) returns bigint language sql as $$
    select r.total_minor from enrollment.registrations as r where r.id = registration
$$;

-- All that is due confirms.
select tests.student(tests.family()) as student \gset
select tests.held(tests.cart(:student, :section)) as registration \gset
select pg_temp.due(:registration) as due \gset
select is(
    pg_temp.record(
        :staff, :registration, format('''check'', %s, ''  No  17 '', preview => true', :due)
    ) - '{registration_id}'::text [],
    jsonb_build_object(
        'offline_payment_id', null, 'registration_status', 'confirmed', 'amount_minor', :due,
        'due_minor', 0, 'balance_due_on', null, 'preview', true
    ),
    'a preview says what would become of it'
);
select is(pg_temp.state(:registration), 'pending_payment held', 'and changes nothing');
select is(
    pg_temp.record(:staff, :registration, format('''check'', %s, ''  No  17 ''', :due))
    - '{registration_id,offline_payment_id}'::text [],
    jsonb_build_object(
        'registration_status', 'confirmed', 'amount_minor', :due, 'due_minor', 0,
        'balance_due_on', null, 'preview', false
    ),
    'the act does it'
);
select is(
    pg_temp.state(:registration), format('confirmed offline %s confirmed', :due),
    'by its cause, with its seats'
);
select is(
    (
        select concat_ws(' ', o.kind, o.reference, o.received_on, o.recorded_by, o.status)
        from payment.offline_payments as o where o.registration_id = :registration
    ),
    format(
        'check No 17 %s %s received', tests.value('studio.local_date(now())') #>> '{}', :staff
    ),
    'who, when, and by which check is kept'
);
select is(
    tests.as_staff(
        :staff,
        format(
            '(select count(*) from api.offline_payments as o where o.registration_id = %s)',
            :registration
        )
    ),
    '1', 'staff see it'
);
select is(
    (
        select string_agg(m.template_code, ',') from messaging.messages as m
        where m.registration_id = :registration
    ),
    'registration_confirmed', 'the family is told that it is enrolled'
);
select is(
    (
        select count(*) from payment.gateway_calls as c
        inner join payment.payments as p on c.payment_id = p.id
        where p.registration_id = :registration
    ),
    0::bigint, 'the gateway has nothing to do with it'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', (
        select r.family_id from enrollment.registrations as r where r.id = :registration
    ))),
    '0', 'nothing is owed'
);
select is(
    pg_temp.error(:staff, :registration, '''cash'', 1'), 'payment_exceeds_due',
    'nothing more can be recorded'
);

-- What is refused writes nothing.
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select is(
    pg_temp.error(:staff, :registration, w.arguments), w.code, w.arguments
)
from (
    values
    ('''card'', 100', 'payment_invalid'),
    ('null, 100', 'payment_invalid'),
    ('''cash'', null', 'payment_invalid'),
    ('''cash'', 0', 'payment_invalid'),
    ('''cash'', -100', 'payment_invalid'),
    ('''check'', 100', 'payment_invalid'),
    ('''check'', 100, ''  ''', 'payment_invalid'),
    (format('''cash'', 100, %L', repeat('x', 101)), 'payment_invalid'),
    (format('''cash'', 100, null, %L', now() + interval '2 days'), 'received_on_invalid'),
    (format('''cash'', 100, null, %L', now() - interval '400 days'), 'received_on_invalid'),
    ('''cash'', 100', 'payment_below_due'),
    ('''cash'', 99999999', 'payment_exceeds_due'),
    (
        format('''cash'', 100, balance_due_on => %L', now() + interval '30 days'),
        'partial_not_allowed'
    )
) as w (arguments, code);
select is(
    pg_temp.error(:owner, :registration, w.arguments, 'owner'), 'balance_due_on_invalid', w.why
)
from (
    values
    (format('''cash'', 100, balance_due_on => %L', now() - interval '2 days'), 'a day that is over'),
    (format('''cash'', 100, balance_due_on => %L', now() + interval '400 days'), 'too late a day'),
    (
        format(
            '''cash'', %s, balance_due_on => %L', pg_temp.due(:registration),
            now() + interval '30 days'
        ),
        'no rest'
    )
) as w (arguments, why);
select is(
    pg_temp.error(:staff, 0, '''cash'', 100'), 'registration_not_found', 'no such registration'
);
select is(
    tests.family_error_code(
        (select r.family_id from enrollment.registrations as r where r.id = :registration),
        format('api.record_payment(%s, ''cash'', 100)', :registration)
    ),
    '42501', 'families can''t'
);
select is(pg_temp.state(:registration), 'pending_payment held', 'none of these has changed anything');
select is_empty(
    format(
        'select from payment.offline_payments as o where o.registration_id = %s', :registration
    ),
    'nor recorded'
);

-- While a card payment is under way, nobody knows what is due.
select tests.payment(:registration) as payment \gset
select is(
    pg_temp.error(:staff, :registration, format('''cash'', %s', pg_temp.due(:registration))),
    'payment_under_way', 'a card payment that is open comes first'
);
select tests.run(
    format('update payment.payments set status = ''expired'' where id = %s', :payment)
);

-- Owners may let a part be enough, until a day.
select is(
    pg_temp.record(
        :owner, :registration,
        format('''transfer'', 10000, ''A1'', balance_due_on => %L', now() + interval '30 days'),
        'owner'
    )
    - '{offline_payment_id,registration_id,balance_due_on}'::text [],
    jsonb_build_object(
        'registration_status', 'partial', 'amount_minor', 10000,
        'due_minor', pg_temp.due(:registration) - 10000, 'preview', false
    ),
    'a part confirms, with a rest'
);
select is(
    pg_temp.state(:registration), 'partial offline 10000 confirmed', 'by what was paid'
);
select is(
    (
        select string_agg(m.template_code, ',') from messaging.messages as m
        where m.registration_id = :registration
    ),
    'registration_partial', 'and the family is told of the rest'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', (
        select r.family_id from enrollment.registrations as r where r.id = :registration
    )))::bigint,
    pg_temp.due(:registration) - 10000, 'the rest is owed'
);
select is(
    tests.family_error_code(
        (select r.family_id from enrollment.registrations as r where r.id = :registration),
        format('api.abandon_checkout(%s)', :registration)
    ),
    'registration_confirmed', 'it can''t be given up like an unpaid one'
);
select pg_temp.record(:staff, :registration, '''cash'', 5000') ->> 'registration_status' as status \gset
select is(:'status'::text, 'partial', 'staff record a later part');
select is(
    pg_temp.error(:staff, :registration, format('''cash'', %s', pg_temp.due(:registration) - 14999)),
    'payment_exceeds_due', 'no more than the rest'
);
select is(
    pg_temp.error(
        :owner, :registration,
        format('''cash'', 100, balance_due_on => %L', now() + interval '30 days'), 'owner'
    ),
    'balance_due_on_invalid', 'the day of the rest is set once'
);
select is(
    pg_temp.record(
        :staff, :registration, format('''ach'', %s', pg_temp.due(:registration) - 15000)
    ) ->> 'registration_status',
    'confirmed', 'the last part makes it up'
);
select is(
    (
        select string_agg(m.template_code, ',' order by m.id) from messaging.messages as m
        where m.registration_id = :registration
    ),
    'registration_partial,balance_paid', 'and the family is told'
);
-- A hold that is over: paid in time by cash, recorded late.
select tests.section('Recorded late', '{2}', p_capacity => 1) as one \gset
select tests.held(tests.cart(tests.student(tests.family()), :one)) as registration \gset
select tests.lapse(:registration);
select tests.value('enrollment.expire_holds()') as released \gset
select is(tests.registration_status(:registration), 'failed', 'its hold has lapsed');
select is(
    pg_temp.record(:staff, :registration, format('''cash'', %s', pg_temp.due(:registration)))
    ->> 'registration_status',
    'confirmed', 'its seat is free: it is taken again'
);
select tests.held(tests.cart(tests.student(tests.family()), tests.section('Two', '{3}', p_capacity => 1)))
as registration \gset
select tests.lapse(:registration);
select tests.value('enrollment.expire_holds()') as released \gset
select tests.held(tests.cart(tests.student(tests.family()), (
    select e.section_id from enrollment.enrollments as e where e.registration_id = :registration
))) as other \gset
select is(
    pg_temp.error(:staff, :registration, format('''cash'', %s', pg_temp.due(:registration))),
    'registration_expired', 'somebody else has it: nothing is recorded'
);
select tests.as_family(
    (select r.family_id from enrollment.registrations as r where r.id = :other),
    format('api.abandon_checkout(%s)', :other)
) as given_up \gset
select is(
    pg_temp.error(:staff, :other, format('''cash'', %s', pg_temp.due(:other))),
    'registration_closed', 'what was given up is not paid'
);
select * from finish();
rollback;
