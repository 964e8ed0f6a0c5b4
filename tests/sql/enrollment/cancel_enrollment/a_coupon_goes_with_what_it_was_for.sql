-- What a coupon was for may be given up: what is left is priced without it, or with another one.
begin;
set local search_path = tap, public;
select plan(8);
select tests.worker('staff') as desk \gset
select tests.section('With a coupon', '{1}') as one \gset
select tests.section('Without', '{2}') as two \gset
select tests.coupon('{}', array[:one]) \g /dev/null
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.cancel(student bigint, section bigint, desk bigint) returns jsonb
language sql as $$
    select tests.as_staff(
        desk, format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(student, section))
    )
$$;
-- A cart paid with a code; answers the registration.
create function pg_temp.confirmed(cart bigint, code text) returns bigint language plpgsql as $$
declare
    v_registration_id bigint;
    v_payment_id bigint;
begin
    v_registration_id := tests.as_family(
        tests.family_of_cart(cart),
        format(
            'api.checkout(%s, %s, %L)', cart, tests.coupon_quote(cart, code) ->> 'quote_id',
            gen_random_uuid()
        )
    ) ->> 'registration_id';
    v_payment_id := tests.payment(v_registration_id);
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'trx-of-' || v_payment_id));
    return v_registration_id;
end;
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select pg_temp.confirmed(:cart, 'SAVE20') as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select cmp_ok(:paid::bigint, '<', pg_temp.alone(:one, :two), 'a coupon was used');
select pg_temp.cancel(:student, :one, :desk) as done \gset
select is(
    (:'done'::jsonb ->> 'price_change_minor')::bigint, pg_temp.alone(:two) - :paid,
    'what it was not for costs what it costs without'
);
select is((:'done'::jsonb ->> 'due_minor')::bigint, 0::bigint, 'nothing is due');
select is(
    (pg_temp.cancel(:student, :two, :desk) ->> 'given_back_minor')::bigint, pg_temp.alone(:two),
    'all is given back in the end'
);
-- The other way round it stays.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select pg_temp.confirmed(:cart, 'SAVE20') as registration \gset
select tests.cart(tests.student(tests.family()), :one) as alone \gset
select (tests.coupon_quote(:alone, 'SAVE20') ->> 'total_minor')::bigint as with_coupon \gset
select is(
    (pg_temp.cancel(:student, :two, :desk) ->> 'price_change_minor')::bigint,
    (:with_coupon - :paid)::bigint, 'what it was for keeps it'
);
-- One that applies by itself takes its place, as it does in a cart.
select tests.coupon(
    '{"key": "auto", "code": null, "percent_bp": 700}',
    array[:two]
) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select pg_temp.confirmed(:cart, 'SAVE20') as registration \gset
select is(
    (pg_temp.cancel(:student, :one, :desk) ->> 'price_change_minor')::bigint,
    pg_temp.alone(:two) - :paid, 'with the one that applies by itself'
);

-- A class that is replaced by an accepted offer was what a coupon was for: paying confirms it.
select tests.section('Longed for', '{3}', p_capacity => 1) as longed \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select pg_temp.confirmed(:cart, 'SAVE20') as registration \gset
select tests.held(tests.cart(tests.student(tests.family()), :longed)) as hold \gset
select tests.wait(
    :longed, array[:student],
    format(', replaces_enrollment_id => %s', pg_temp.of(:student, :one))
) as entry \gset
select tests.abandon(:hold);
select tests.accept(:entry) ->> 'registration_id' as accepted \gset
select tests.payment(:accepted) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-accepted'));
select is(tests.registration_status(:accepted), 'confirmed', 'what is paid is confirmed');
select is(
    (
        select string_agg(c.kind, ',') from enrollment.changes as c where c.family_id = :family
    ), 'replaced', 'and the class with the coupon given up'
);
select * from finish();
rollback;
