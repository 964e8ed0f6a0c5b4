-- What part of a class costs, and that what is over is in nobody's way.
begin;
set local search_path = tap, public;
select plan(11);
select tests.section('Two days', '{2,4}') as two \gset
select tests.section('One day', '{2}', p_starts_at => '12:00', p_ends_at => '13:00') as one \gset
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :two));
select tests.date_price(:two, 3000) \g /dev/null
create function pg_temp.total(section bigint, choice text) returns bigint language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, section, choice);
    return tests.total(v_cart_id);
end;
$$;
select is(
    pg_temp.total(:two, 'weekdays => ''{4}'''), pg_temp.total(:one, 'null'),
    'one of two days costs what a class of one day does'
);
select is(
    pg_temp.total(:two, 'weekdays => ''{2,4}'''), pg_temp.total(:two, 'null'),
    'both cost what the whole class does'
);
select isnt(
    pg_temp.total(:two, 'null'), pg_temp.total(:one, 'null'), 'which is another price'
);
select is(
    pg_temp.total(:two, format('dates => ''{%s,%s}''', d.dates[1], d.dates[2])), 6000::bigint,
    'dates cost their own price, without the fees of a class'
)
from (select tests.dates(:two, 2) as dates) as d;

-- Weekdays confirmed before count for the rate step with their own number.
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :two, 'weekdays => ''{4}''') as item \gset
select tests.total(:cart) as first \gset
select tests.confirmed(:cart) as registration \gset
select tests.family_of_cart(:cart) as family \gset
select is(
    tests.family_error_code(
        :family,
        format('api.put_cart_item(%s, %s, %s)', tests.open_cart(:student), :student, :two)
    ),
    'already_enrolled', 'the class is had already'
);
select is(
    tests.family_error_code(
        :family,
        format(
            'api.put_cart_item(%s, %s, %s, dates => ''{%s}'')', tests.open_cart(:student),
            :student, :two, (tests.dates(:two, 2))[t.n]
        )
    ),
    t.code, t.what
)
from (
    select
        n.n,
        case extract(isodow from (tests.dates(:two, 2))[n.n]) when 4 then 'already_enrolled' end
            as code,
        'a date of ' || extract(isodow from (tests.dates(:two, 2))[n.n]) as what
    from generate_series(1, 2) as n (n)
) as t;
select is(
    (
        select string_agg(l.kind || ' ' || l.amount_minor, ', ')
        from tests.lines(tests.quote(tests.open_cart(:student))) as l
    ),
    'drop_in 3000', 'the other date is all there is to pay: it is no second class'
);

-- A class that has begun: its seat covers what is to come, and a place used before will do.
select tests.section(
    'Begun',
    array[
        extract(isodow from now() at time zone 'America/New_York'),
        extract(isodow from now() at time zone 'America/New_York' - interval '3 days')
    ]::integer [],
    p_capacity => 1,
    p_starts_on => (now() at time zone 'America/New_York')::date - 7,
    p_ends_on => (now() at time zone 'America/New_York')::date + 7
) as begun \gset
select tests.run(
    format(
        'update enrollment.places set taken = %L where section_id = %s',
        datemultirange(daterange((tests.dates(:begun))[1], (tests.dates(:begun))[1] + 2)), :begun
    )
);
select is(
    tests.value(format('enrollment.seats_left(%s)', :begun)), '1',
    'a place that was taken last week is free'
);
select tests.held(tests.cart(tests.student(tests.family()), :begun)) as held \gset
select is(
    (select lower(s.dates) from enrollment.seats as s where s.section_id = :begun),
    (now() at time zone 'America/New_York')::date, 'a late starter has a seat from today on'
);
select is(
    (
        select s.during from enrollment.seats as s where s.section_id = :begun
    ),
    (
        select range_agg(tstzrange(m.starts_at, m.ends_at)) from catalog.meetings as m
        where m.section_id = :begun
        and m.held_on >= (now() at time zone 'America/New_York')::date
    ),
    'at its minutes, and no others'
);
select * from finish();
rollback;
