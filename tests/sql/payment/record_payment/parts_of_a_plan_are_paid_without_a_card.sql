begin;
set local search_path = tap, public;
select plan(17);
select tests.section('Parts', p_capacity => null) as section \gset
select tests.worker() as staff \gset
select tests.worker('owner') as owner \gset
create function pg_temp.held(section bigint) returns bigint language plpgsql as $$
declare
    v_cart bigint := tests.cart(tests.student(tests.family()), section);
begin
    return tests.as_family(
        tests.family_of_cart(v_cart),
        format(
            'api.checkout(%s, %s, %L)', v_cart, tests.quote(v_cart, 'deposit') ->> 'quote_id',
            gen_random_uuid()
        )
    ) ->> 'registration_id';
end;
$$;
create function pg_temp.parts(registration bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', i.status, i.paid_minor || '/' || i.amount_minor), ', ' order by i.number
    )
    from payment.installments as i where i.registration_id = registration
$$;
create function pg_temp.record(staff bigint, registration bigint, arguments text)
returns jsonb language sql as $$
    select tests.as_staff(staff, format('api.record_payment(%s, %s)', registration, arguments))
$$;
create function pg_temp.code(staff bigint, registration bigint, arguments text)
returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.record(%s, %s, %L)', staff, registration, arguments)
    )
$$;

select pg_temp.held(:section) as registration \gset
select r.total_minor as total from enrollment.registrations as r where r.id = :registration \gset
select f.amount_minor as first from enrollment.registrations as r
inner join pricing.quotes as q on r.quote_id = q.id
cross join lateral unnest(q.parts) as f where r.id = :registration and f.number = 1 \gset
select is(
    pg_temp.code(:staff, :registration, format('''cash'', %s', :first - 1)), 'payment_below_due',
    'the first part is due at once'
);
select is(
    pg_temp.record(:staff, :registration, format('''check'', %s, ''1''', :first)) -> 'due_minor',
    to_jsonb(:total - :first), 'it confirms, and the rest is due later'
);
select is(
    pg_temp.parts(:registration),
    format('paid %s/%1$s, scheduled 0/%s', :first, :total - :first), 'as the first part'
);
select is(tests.registration_status(:registration), 'confirmed', 'confirmed, not partial');
select i.id as second from payment.installments as i
where i.registration_id = :registration and i.number = 2 \gset
select is(
    pg_temp.code(:staff, :registration, '''cash'', 100, installment_id => 0'),
    'installment_not_found', 'no such part'
);
select is(
    pg_temp.code(:staff, :registration, format('''cash'', %s', :total - :first + 1)),
    'payment_exceeds_due', 'no more than the rest'
);
select pg_temp.record(
    :staff, :registration, format('''check'', 100, ''2'', installment_id => %s', :second)
) ->> 'offline_payment_id' as check \gset
select is(
    pg_temp.parts(:registration),
    format('paid %s/%1$s, scheduled 100/%s', :first, :total - :first), 'a part may be paid in parts'
);
select pg_temp.record(
    :staff, :registration, format('''cash'', %s', :total - :first - 100)
) -> 'due_minor' as due \gset
select is(:'due'::text, '0', 'the rest, without saying which part');
select is(
    pg_temp.parts(:registration),
    format('paid %s/%1$s, paid %s/%2$s', :first, :total - :first), 'all parts are paid'
);
select is(
    (select p.status from payment.payment_plans as p where p.registration_id = :registration),
    'completed', 'and the plan has ended'
);
select is(
    pg_temp.code(:staff, :registration, format('''cash'', 1, installment_id => %s', :second)),
    'installment_closed', 'what is paid is not paid again'
);
-- A check comes back.
select tests.as_staff(:staff, format('api.return_check(%s, ''no funds'')', :check)) as returned \gset
select is(
    pg_temp.parts(:registration),
    format('paid %s/%1$s, scheduled %s/%s', :first, :total - :first - 100, :total - :first),
    'what it had paid is open again'
);
select is(
    tests.registration_status(:registration) || ' '
    || (select p.status from payment.payment_plans as p where p.registration_id = :registration),
    'confirmed active', 'by the plan, which goes on'
);
select is(
    (
        select string_agg(u.amount_minor::text, ',' order by u.id)
        from payment.installment_payments as u where u.offline_payment_id = :check
    ),
    '100,-100', 'and what happened stands there'
);
-- All that was paid goes back: nothing more is asked for.
select tests.as_staff(
    :staff,
    format('api.refund_payment(%s, reason => ''moved to another town'')', :registration)
) ->> 'registration_status' as status \gset
select is(:'status'::text, 'refunded', 'all of it is given back');
select is(
    (
        select sum(i.amount_minor - i.paid_minor)::bigint from payment.installments as i
        where i.registration_id = :registration
    ),
    0::bigint, 'and no part is open'
);
select lives_ok(
    $$select tests.run('set constraints all immediate')$$, 'parts and what is owed agree'
);
select * from finish();
rollback;
