-- Where seats are held from the cart: an item takes its weekdays alone, and checkout takes them over.
begin;
set local search_path = tap, public;
select plan(24);
select tests.run('update studio.settings set hold_starts_at = ''cart''') \g /dev/null
select tests.section('Tue and Thu', '{2,4}', p_capacity => 1) as section \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
create function pg_temp.put(section bigint, weekdays text) returns bigint language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(
        v_cart_id, v_student_id, section, format('weekdays => %L::smallint []', weekdays)
    );
    return v_cart_id;
end;
$$;
create function pg_temp.refusal(section bigint, weekdays text) returns text language sql as $$
    select tests.error_code(format('select pg_temp.put(%s, %L)', section, weekdays))
$$;
-- Each seat: the weekdays on which it is, and what holds it.
create function pg_temp.seats(section bigint) returns text language sql as $$
    select string_agg(
        format(
            '%s %s %s',
            (
                select string_agg(
                    distinct to_char(m.held_on, 'Dy'), '+' order by to_char(m.held_on, 'Dy')
                )
                from catalog.meetings as m
                where m.section_id = section and s.dates @> m.held_on
            ),
            s.status,
            case when s.enrollment_id is null then 'cart' else 'enrollment' end
        ),
        ', ' order by s.id
    )
    from enrollment.seats as s where s.section_id = section
$$;
create function pg_temp.left(section bigint) returns integer language sql as $$
    select (
        tests.as_anybody(
            format('(select s.seats_left from api.sections as s where s.id = %s)', section)
        )
    )::integer
$$;

select pg_temp.put(:section, '{2}') as tuesday \gset
select is(pg_temp.seats(:section), 'Tue held cart', 'Tuesdays are held at once, and no more');
select is(pg_temp.refusal(:section, '{2}'), 'seat_unavailable', 'they are gone for others');
select is(pg_temp.refusal(:section, '{2,4}'), 'seat_unavailable', 'also beside Thursdays');
select is(pg_temp.refusal(:section, null), 'seat_unavailable', 'and with the whole class');
select tests.act_as_operator() \g /dev/null
select is(
    (select count(*) from enrollment.cart_items as i where i.section_id = :section), 1::bigint,
    'a refusal puts nothing into a cart'
);
select pg_temp.put(:section, '{4}') as thursday \gset
select is(
    pg_temp.seats(:section), 'Tue held cart, Thu held cart', 'Thursdays are there for somebody else'
);
select is(
    (select array_agg(distinct s.place_number) from enrollment.seats as s
    where s.section_id = :section), array[1], 'on the same place'
);
select is(pg_temp.left(:section), 0, 'which is full then');
select is(
    (
        select string_agg(f.value ->> 'code', ' ')
        from jsonb_array_elements(tests.quote(:tuesday) -> 'findings') as f
    ),
    null, 'what a cart holds itself speaks against nothing'
);

-- Who gives them up frees them, and nothing else.
select i.id as item, i.family_id as family from enrollment.cart_items as i
where i.cart_id = :tuesday \gset
select tests.as_family(:family, format('api.remove_cart_item(%s)', :item)) \g /dev/null
select is(pg_temp.seats(:section), 'Thu held cart', 'an item that is removed frees its Tuesdays');
select is(pg_temp.refusal(:section, '{4}'), 'seat_unavailable', 'Thursdays are held as before');
select tests.act_as_operator() \g /dev/null
select pg_temp.put(:section, '{2}') as tuesday \gset
select is(
    pg_temp.seats(:section), 'Thu held cart, Tue held cart', 'somebody else has the Tuesdays'
);

-- Checkout takes the very seats over, whoever comes first.
select array_agg(s.id order by s.id) as seats from enrollment.seats as s
where s.section_id = :section \gset
select tests.held(:tuesday) as first \gset
select is(
    pg_temp.seats(:section), 'Thu held cart, Tue held enrollment', 'the one is an enrollment''s'
);
select tests.confirmed(:thursday) as second \gset
select is(
    pg_temp.seats(:section), 'Thu confirmed enrollment, Tue held enrollment', 'the other is paid'
);
select is(
    (select array_agg(s.id order by s.id) from enrollment.seats as s
    where s.section_id = :section), :'seats'::bigint [], 'they are the same seats'
);
select is(
    (
        select array_agg(e.weekdays order by e.weekdays) from enrollment.enrollments as e
        where e.section_id = :section
    ),
    '{{2},{4}}', 'for the weekdays that were picked'
);
select tests.as_family(
    (select r.family_id from enrollment.registrations as r where r.id = :first),
    format('api.abandon_checkout(%s)', :first)
) \g /dev/null
select is(
    pg_temp.seats(:section), 'Thu confirmed enrollment', 'a checkout that ends frees its Tuesdays'
);
select is(
    (
        select string_agg(distinct to_char(m.held_on, 'Dy'), ' ')
        from enrollment.places as p
        inner join catalog.meetings as m on p.section_id = m.section_id and p.taken @> m.held_on
        where p.section_id = :section
    ),
    'Thu', 'the place is taken on Thursdays'
);

-- One cart, all of it or nothing; a clash is one of the weekdays that were picked.
select tests.section('Tue too', '{2}') as clash, tests.section('Thu too', '{4}') as other \gset
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.put(:cart, :student, :section, 'weekdays => ''{2}''') \g /dev/null
select is(
    tests.error(format('select tests.cart(%s, %s)', :student, :clash)) ->> 'message',
    'Tue too and Tue and Thu are at the same time.', 'a class on Tuesdays clashes'
);
select tests.act_as_operator() \g /dev/null
select is(
    tests.error(format('select tests.cart(%s, %s)', :student, :other)), null,
    'one on Thursdays does not'
);
select tests.act_as_operator() \g /dev/null
select is(pg_temp.refusal(:section, '{2}'), 'seat_unavailable', 'its Tuesdays are held');
select tests.act_as_operator() \g /dev/null
select tests.run(
    format('update enrollment.carts set hold_expires_at = now() where id = %s', :cart)
) \g /dev/null
select isnt(pg_temp.put(:section, '{2}'), null, 'until its time is over');
select is(
    (select count(*) from enrollment.seats as s where s.student_id = :student), 0::bigint,
    'the cart has no seat any more'
);
select is(
    pg_temp.seats(:section), 'Thu confirmed enrollment, Tue held cart', 'somebody else has it'
);
select * from finish();
rollback;
