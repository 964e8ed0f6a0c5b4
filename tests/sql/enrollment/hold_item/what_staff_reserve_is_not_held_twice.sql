begin;
set local search_path = tap, public;
select plan(10);
select tests.run('update studio.settings set hold_starts_at = ''cart''');
select tests.worker() as staff \gset
select tests.section('Kept for her', '{1}', p_capacity => 1) as section \gset
select tests.section('With room', '{2}', p_capacity => 2) as roomy \gset
select tests.section('By date', '{3}', p_mode => 'drop_in', p_level => null, p_capacity => 2)
as dated \gset
select tests.date_price(:dated, 2500) \g /dev/null
select (tests.dates(:dated, 2))[1] as day_1, (tests.dates(:dated, 2))[2] as day_2 \gset
select tests.family() as family, tests.family() as others \gset
select tests.student(:family) as ada, tests.student(:others) as stranger \gset
create function pg_temp.reserve(p_section bigint, p_student bigint, p_more text default '')
returns jsonb language sql as $$
    select tests.as_staff(
        tests.worker(),
        format('api.reserve_place(%s, ''asked'', %s%s)', p_section, p_student, p_more)
    )
$$;
create function pg_temp.seats(p_section bigint) returns text language sql as $$
    select string_agg(format('%s from %s', s.status, lower(s.dates)), ', ' order by s.dates, s.status)
    from enrollment.seats as s
    where s.section_id = p_section
$$;
select pg_temp.reserve(:section, :ada) #>> '{seat_ids,0}' as seat \gset
select pg_temp.reserve(:roomy, :ada) \g /dev/null
select pg_temp.reserve(:dated, :ada, format(', array[%L]::date[]', :'day_1')) \g /dev/null

select is(
    tests.error_code(format('select tests.cart(%s, %s)', :stranger, :section)), 'seat_unavailable',
    'the last place is kept from others'
);
select tests.cart(:ada, :section) as cart \gset
select is(
    (select array_agg(s.id) from enrollment.seats as s where s.section_id = :section),
    array[:seat]::bigint [], 'not from her for whom it is kept, who needs no other'
);
select tests.cart(:ada, :roomy) as same_cart \gset
select is(
    (select array_agg(s.status) from enrollment.seats as s where s.section_id = :roomy),
    array['reserved'], 'nor takes one where there is room'
);
select tests.put(
    :cart, :ada, :dated, format('dates => array[%L, %L]::date[]', :'day_1', :'day_2')
) as item \gset
select is(
    pg_temp.seats(:dated), format('reserved from %s, held from %s', :'day_1', :'day_2'),
    'of dates those are held that are not kept'
);
select is(tests.quote(:cart) -> 'findings', '[]', 'nothing speaks against the cart');

select tests.held(:cart) as registration \gset
select is(
    (select array_agg(s.id) from enrollment.seats as s where s.section_id = :section),
    array[:seat]::bigint [], 'checkout takes the very seat over'
);
select is(
    (
        select array_agg(distinct s.status) from enrollment.seats as s
        where s.student_id = :ada and s.enrollment_id is not null
    ),
    array['held'], 'as one that is held'
);
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :roomy), 1::bigint,
    'one seat for one student'
);
select is(
    pg_temp.seats(:dated), format('held from %s, held from %s', :'day_1', :'day_2'),
    'and one a date'
);
select is(
    (select count(*) from enrollment.seats as s where s.student_id = :ada and s.status = 'reserved'),
    0::bigint, 'nothing stays kept beside it'
);
select * from finish();
rollback;
