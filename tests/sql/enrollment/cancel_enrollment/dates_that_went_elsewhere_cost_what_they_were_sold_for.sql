-- Dates whose meetings were moved are still known to be what was sold.
begin;
set local search_path = tap, public;
select plan(4);
select tests.worker('staff') as desk \gset
select tests.section('By date', '{3}', p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 3000) \g /dev/null
select tests.date_price(:section, 5000, (tests.dates(:section, 1))[1]) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :section, format('dates => %L', tests.dates(:section, 3))
) \g /dev/null
select tests.confirmed(:cart) as registration \gset
select e.id as enrollment from enrollment.enrollments as e where e.student_id = :student \gset
create function pg_temp.change(enrollment bigint, rest text, desk bigint) returns bigint
language sql as $$
    select (
        tests.as_staff(
            desk,
            format('api.cancel_enrollment(%s, ''x'', preview => true%s)', enrollment, rest)
        ) ->> 'price_change_minor'
    )::bigint
$$;
select (tests.dates(:section, 2))[2] as second \gset
select is(
    pg_temp.change(:enrollment, format(', effective_on => %L', :'second'), :desk), -6000::bigint,
    'what was had stays due'
);
select tests.as_staff(
    :desk, format('api.move_meeting(%s, %L, ''10:00'', ''11:00'')', m.id, m.held_on + 1)
)
from catalog.meetings as m
where m.section_id = :section and m.held_on = (tests.dates(:section, 1))[1] \g /dev/null
select is(
    pg_temp.change(:enrollment, format(', effective_on => %L', :'second'), :desk), -6000::bigint,
    'also on the date to which it went'
);
select is(
    pg_temp.change(:enrollment, '', :desk), -11000::bigint, 'all of them are all that was paid'
);
select is(
    tests.value(
        format(
            '(select p.total_minor from pricing.price_of_enrolled(%s, %s) as p)', :family,
            tests.term()
        )
    ), '11000'::jsonb, 'and cost what they were sold for'
);
select * from finish();
rollback;
