begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Status') as section \gset
create function pg_temp.becomes(status text) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.sections set status = %L where id = (select max(id)
                from catalog.sections where studio_id = auth.studio_id())',
                status
            )
        )
    )
$$;
select is(pg_temp.becomes('closed'), null, 'open to closed');
select is(pg_temp.becomes('closed'), null, 'closed to closed is no change');
select is(pg_temp.becomes('open'), null, 'and back');
select is(pg_temp.becomes('cancelled'), null, 'open to cancelled');
select is(pg_temp.becomes('open'), 'status_not_allowed', 'cancelled is the end');
select is(pg_temp.becomes('lost'), 'status_not_allowed', 'a status nobody knows');
-- What ended does not begin again.
select tests.section('Status too') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.confirmed(:cart) as registration \gset
select is(
    tests.error(
        format(
            'select tests.run(''update enrollment.registrations
            set status = ''''pending_payment'''', confirmation_id = null where id = %s'')',
            :registration
        )
    ) ->> 'message',
    'enrollment.registrations can''t go from confirmed to pending_payment.',
    'the refusal says what from and to'
);
select is(
    tests.error_code(
        'select tests.run(''update payment.payments set status = ''''open'''''')'
    ), 'status_not_allowed',
    'a payment that is authorized is not open again'
);
select * from finish();
rollback;
