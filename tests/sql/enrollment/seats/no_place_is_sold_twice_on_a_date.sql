-- As the table's owner, without any function: the constraints alone.
begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Constrained', '{1}', p_capacity => 2) as section \gset
select tests.section('Constrained too', '{2}', p_capacity => 2) as other \gset
select tests.student(tests.family()) as one \gset
select tests.student(tests.family()) as two \gset
select tests.cart(:one, :section) as one_cart \gset
select tests.held(:one_cart) as registration \gset
select tests.cart(:two, :section) as two_cart \gset
select tests.held(:two_cart) as registration \gset
create function pg_temp.change(setting text, student bigint) returns jsonb language plpgsql as $$
begin
    perform tests.act_as_deploy();
    set local role enrollment;
    return tests.error(
        format('update enrollment.seats set %s where student_id = %s', setting, student)
    );
end;
$$;
select s.place_number as taken from enrollment.seats as s where s.student_id = :one \gset
select is(
    pg_temp.change('place_number = ' || :taken, :two) ->> 'details', 'seats_place_taken_once',
    'a place that another student has'
);
select tests.act_as_operator();
select is(
    pg_temp.change(
        'place_number = ' || :taken || ', dates = (
        select datemultirange(daterange(max(upper(dates)), max(upper(dates)) + 1))
        from enrollment.seats)',
        :two
    ), null,
    'on other dates it is free'
);
select tests.act_as_operator();
select is(
    pg_temp.change('place_number = 3', :two) ->> 'details', 'seats_place_fkey',
    'a place that is not there'
);
select tests.act_as_operator();
select is(
    pg_temp.change(format('section_id = %s', :other), :two) ->> 'details', 'seats_enrollment_fkey',
    'a section that the enrollment is not for'
);
select tests.act_as_operator();
select is(
    pg_temp.change('dates = ''{}''', :two) ->> 'details', 'seats_dates_given', 'no dates at all'
);
select tests.act_as_operator();
select is(
    pg_temp.change('during = ''{}''', :two) ->> 'details', 'seats_dates_given', 'no minutes at all'
);
select tests.act_as_operator();
select is(
    pg_temp.change('status = ''sold''', :two) ->> 'code', 'status_not_allowed',
    'a status nobody knows'
);
select tests.act_as_operator();
select is(
    pg_temp.change(format('student_id = %s', :one), :two) ->> 'code', '23P01',
    'another family''s student: the constraint, as the trigger looks within the family'
);
select tests.act_as_operator();
-- Without a capacity there are no numbers, and so no limit.
select tests.section('Unlimited', '{3}', p_capacity => null) as unlimited \gset
select tests.held(tests.cart(tests.student(tests.family()), :unlimited));
select tests.held(tests.cart(tests.student(tests.family()), :unlimited));
select is(
    (
        select count(*) from enrollment.seats as s where s.section_id = :unlimited
        and s.place_number is null
    ),
    2::bigint, 'an unlimited section seats everybody'
);
select * from finish();
rollback;
