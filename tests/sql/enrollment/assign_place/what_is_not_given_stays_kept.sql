begin;
set local search_path = tap, public;
select plan(14);
select tests.run('update studio.settings set waitlist_on_lapse = ''reserve'' where term_id is null');
create function pg_temp.section(p_title text, p_capacity integer) returns bigint
language plpgsql as $$
declare
    v_section_id constant bigint := tests.section(p_title, '{2,4}', p_capacity => p_capacity);
begin
    perform tests.run(
        format('update catalog.sections set sold_by_weekday = true where id = %s', v_section_id)
    );
    return v_section_id;
end;
$$;
create function pg_temp.held(p_section bigint, p_choice text) returns bigint
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, p_section, p_choice);
    return tests.held(v_cart_id);
end;
$$;
create function pg_temp.waits(p_section bigint, p_more text) returns bigint language sql as $$
    select tests.wait(p_section, array[tests.student(tests.family())], p_more)
$$;
create function pg_temp.assign(p_entry bigint) returns text language sql as $$
    select tests.as_staff(
        tests.worker(), format('api.assign_place(%s, ''she asked'')', p_entry)
    ) ->> 'status'
$$;
create function pg_temp.refused(p_expression text) returns text language sql as $$
    select tests.error_code(
        format('select tests.as_staff(%s, %L)', tests.worker(), p_expression)
    )
$$;
-- What is kept and offered of a section, by place.
create function pg_temp.seats(p_section bigint) returns text language sql as $$
    select string_agg(format('%s %s %s', s.place_number, s.status, s.days), ', ' order by
        s.place_number, s.status, s.days)
    from (
        select s.place_number, s.status, string_agg(
            distinct to_char(m.held_on, 'Dy'), '+' order by to_char(m.held_on, 'Dy')
        ) as days
        from enrollment.seats as s
        inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
        where s.section_id = p_section and s.status in ('offered', 'reserved')
        group by s.id, s.place_number, s.status
    ) as s
$$;

-- A place is kept for all days; one who waits for some of them gets these.
select pg_temp.section('One place', 1) as one \gset
select pg_temp.held(:one, 'null') as holder \gset
select pg_temp.waits(:one, ', weekdays => ''{2}''') as tuesday,
    pg_temp.waits(:one, ', weekdays => ''{4}''') as thursday, pg_temp.waits(:one, '') as both \gset
select tests.abandon(:holder);
select is(pg_temp.seats(:one), '1 reserved Thu+Tue', 'all of it is kept for staff');
select is(pg_temp.assign(:tuesday), 'offered', 'staff give the Tuesdays');
select is(pg_temp.seats(:one), '1 offered Tue, 1 reserved Thu', 'the Thursdays stay kept');
select is(
    pg_temp.refused(format('api.assign_place(%s, ''me, too'')', :both)),
    'seat_unavailable', 'they are not enough for who wants both'
);
select is(pg_temp.seats(:one), '1 offered Tue, 1 reserved Thu', 'and a refusal changes nothing');
select is(pg_temp.assign(:thursday), 'offered', 'staff give the Thursdays');
select is(pg_temp.seats(:one), '1 offered Thu, 1 offered Tue', 'nothing is left over');

-- Kept by halves, given as one.
select pg_temp.section('Halves', 1) as halves \gset
select pg_temp.held(:halves, 'weekdays => ''{2}''') as tuesdays,
    pg_temp.held(:halves, 'weekdays => ''{4}''') as thursdays \gset
select pg_temp.waits(:halves, '') as entry \gset
select tests.abandon(:tuesdays), tests.abandon(:thursdays) \g /dev/null
select is(pg_temp.seats(:halves), '1 reserved Thu, 1 reserved Tue', 'kept by halves');
select is(pg_temp.assign(:entry), 'offered', 'two halves are a whole');
select is(pg_temp.seats(:halves), '1 offered Thu+Tue', 'as one seat');

-- What is kept on other days is not touched.
select pg_temp.section('Two places', 2) as two \gset
select pg_temp.held(:two, 'weekdays => ''{2}''') as first_tuesdays,
    pg_temp.held(:two, 'weekdays => ''{2}''') as second_tuesdays,
    pg_temp.held(:two, 'weekdays => ''{4}''') as first_thursdays,
    pg_temp.held(:two, 'weekdays => ''{4}''') as second_thursdays \gset
select pg_temp.waits(:two, ', weekdays => ''{4}''') as entry,
    pg_temp.waits(:two, ', weekdays => ''{4}''') as other \gset
select tests.abandon(:first_tuesdays), tests.abandon(:second_tuesdays),
    tests.abandon(:first_thursdays), tests.abandon(:second_thursdays) \g /dev/null
select is(
    pg_temp.seats(:two), '1 reserved Thu, 1 reserved Tue, 2 reserved Thu, 2 reserved Tue',
    'two places are kept on two days each'
);
select is(pg_temp.assign(:entry), 'offered', 'Thursdays are given');
select is(
    (
        select string_agg(format('%s %s', s.status, count), ', ' order by s.status)
        from (
            select s.status, count(*) from enrollment.seats as s where s.section_id = :two
            group by s.status
        ) as s
    ),
    'offered 1, reserved 3', 'of one place, and the other days stay kept'
);
select is(
    pg_temp.refused(format('api.reopen_place(%s)', min(s.id))), 'queue_waits', 'Thursdays are not reopened while somebody waits for them'
)
from enrollment.seats as s
inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
where s.section_id = :two and s.status = 'reserved' and extract(isodow from m.held_on) = 4;
select * from finish();
rollback;
