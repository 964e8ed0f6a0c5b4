-- What a family has left can lack a price: what it pays for is confirmed all the same.
begin;
set local search_path = tap, public;
select plan(4);
select tests.worker('staff') as desk \gset
select tests.section('Given up', '{1}') as one \gset
select tests.section('Moved from', '{2}') as two \gset
select tests.section('Without a price', '{3}', null, p_mode => 'tiered') as camp \gset
select tests.section('Longed for', '{4}', p_capacity => 1) as longed \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one, :two)) as registration \gset
select tests.as_staff(
    :desk,
    format(
        'api.transfer_enrollment(
            %s, %s, ''x'', tier => ''all_day'', price_change_minor => 0
        )', pg_temp.of(:student, :two), :camp
    )
) \g /dev/null
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
    (select e.status from enrollment.enrollments as e where e.id = pg_temp.of(:student, :one)),
    'cancelled', 'what it replaces is given up'
);
select is(
    (
        select format('%s %s %s %s', c.price_change_minor, c.is_price_set, c.changed_by, c.reason)
        from enrollment.changes as c where c.kind = 'replaced' and c.family_id = :family
    ), '0 t  an accepted offer; it has no price, so staff settle it',
    'for staff to say what is given back'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :desk,
            format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(:student, :camp))
        )
    ), 'price_missing', 'as they do of any change'
);
select * from finish();
rollback;
