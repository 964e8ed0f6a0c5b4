-- Whole, by weekday and by date, from one capacity, under the same two constraints.
begin;
set local search_path = tap, public;
select plan(50);
create function pg_temp.cart_of(section bigint, choice text) returns bigint
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, section, choice);
    return v_cart_id;
end;
$$;
create function pg_temp.places(section bigint) returns text language sql as $$
    select string_agg(
        (
            select string_agg(distinct to_char(m.held_on, 'Dy'), ' ' order by to_char(m.held_on, 'Dy'))
            from catalog.meetings as m where m.section_id = section and p.taken @> m.held_on
        ),
        ' | ' order by p.place_number
    )
    from enrollment.places as p where p.section_id = section
$$;
create function pg_temp.seats(section bigint) returns bigint language sql as $$
    select count(*) from enrollment.seats as s where s.section_id = section
$$;
select tests.section('Tue and Thu', '{2,4}', p_capacity => 2) as section \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
);
select tests.section('Only whole', '{2,4}') as whole_only \gset
select tests.section('By date', '{2,4}', p_mode => 'drop_in') as drop_in \gset
select tests.section('Camp', '{2,4}', p_mode => 'tiered') as camp \gset
select tests.date_price(:section, 3000), tests.date_price(:drop_in, 3000) \g /dev/null

-- Who may pick which.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.open_cart(:student) as cart \gset
create function pg_temp.refusal(family bigint, cart bigint, student bigint, section bigint, choice text)
returns text language sql as $$
    select tests.family_error_code(
        family, format('api.put_cart_item(%s, %s, %s, %s)', cart, student, section, choice)
    )
$$;
select is(
    pg_temp.refusal(:family, :cart, :student, t.section_id, t.choice), t.code, t.what
)
from (
    values
    (:whole_only, 'weekdays => ''{2}''', 'weekdays_not_offered', 'a class that is sold whole'),
    (:whole_only, 'weekdays => ''{}''', 'weekdays_not_offered', 'none is a choice, too'),
    (:drop_in, 'weekdays => ''{2}''', 'weekdays_not_offered', 'a class by date'),
    (:camp, 'tier => ''all_day'', weekdays => ''{2}''', 'weekdays_not_offered', 'a camp'),
    (:section, 'weekdays => ''{}''', 'weekdays_invalid', 'none'),
    (:section, 'weekdays => ''{2,2}''', 'weekdays_invalid', 'one twice'),
    (:section, 'weekdays => ''{2,null}''', 'weekdays_invalid', 'no weekday among them'),
    (:section, 'weekdays => ''{2,3}''', 'weekday_unknown', 'one that the section lacks'),
    (:section, 'weekdays => ''{9}''', 'weekday_unknown', 'one that no week has'),
    (:section, 'tier => ''all_day'', weekdays => ''{2}''', 'tier_not_offered', 'with a tier'),
    (
        :section, format('weekdays => ''{2}'', dates => ''{%s}''', (tests.dates(:section))[1]),
        'weekdays_invalid', 'with dates'
    ),
    (
        :whole_only, format('dates => ''{%s}''', (tests.dates(:whole_only))[1]),
        'dates_not_offered', 'dates that have no price'
    ),
    (:section, 'dates => ''{}''', 'dates_required', 'no date'),
    (:section, 'dates => ''{2099-01-01}''', 'date_unknown', 'a date outside the term'),
    (
        :section, format('dates => ''{%s}''', (tests.dates(:section))[1] + 1),
        'date_unknown', 'a day between'
    )
) as t (section_id, choice, code, what);
select is_empty(
    format('select from enrollment.cart_items where cart_id = %s', :cart), 'nothing was put'
);
select is(
    tests.error(
        format(
            'select tests.run(%L)',
            format('update catalog.sections set sold_by_weekday = true where id = %s', :drop_in)
        )
    ) ->> 'details',
    'sections_by_weekday_standard', 'only a class by rate table is sold by weekday'
);

-- What is picked is kept in order, and read by the family.
select tests.put(:cart, :student, :section, 'weekdays => ''{4,2}''') as item \gset
select is(
    tests.as_family(
        :family, format('(select i.weekdays from api.cart_items as i where i.id = %s)', :item)
    ),
    '[2, 4]', 'weekdays, in their order'
);
select is(
    tests.error(format('select tests.run(%L)', format(c.change, :item))) ->> 'details', c.violated,
    c.what
)
from (
    values
    (
        'update enrollment.cart_items set weekdays = ''{4,2}'' where id = %s',
        'cart_items_weekdays_given', 'in no other'
    ),
    (
        'update enrollment.cart_items set weekdays = ''{2,2}'' where id = %s',
        'cart_items_weekdays_given', 'each once'
    ),
    (
        'update enrollment.cart_items set weekdays = ''{}'' where id = %s',
        'cart_items_weekdays_given', 'some'
    ),
    (
        'update enrollment.cart_items set dates = ''{2027-01-01}'' where id = %s',
        'cart_items_weekdays_by_mode', 'or dates'
    )
) as c (change, violated, what);
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));

-- Two students share a place, each on a day; the third day of one is another place.
select tests.held(pg_temp.cart_of(:section, 'weekdays => ''{2}''')) as tuesday \gset
select is(pg_temp.places(:section), 'Tue', 'a Tuesday takes Tuesdays');
select tests.held(pg_temp.cart_of(:section, 'weekdays => ''{4}''')) as thursday \gset
select is(pg_temp.places(:section), 'Thu Tue', 'a Thursday shares the place');
select is(pg_temp.seats(:section), 2::bigint, 'one seat each');
select is(
    (
        select count(*) from catalog.meetings as m inner join enrollment.seats as s
        on m.section_id = s.section_id and s.during @> tstzrange(m.starts_at, m.ends_at)
        where s.section_id = :section
    ),
    (select count(*) from catalog.meetings as m where m.section_id = :section),
    'together they are there at each meeting once'
);
select is(
    tests.as_family(:family, format('(select s.seats_left from api.sections as s where id = %s)', :section)),
    '1', 'one place is free throughout'
);
select tests.held(pg_temp.cart_of(:section, 'null')) as whole \gset
select is(pg_temp.places(:section), 'Thu Tue | Thu Tue', 'the whole class takes the other');
select pg_temp.cart_of(:section, 'weekdays => ''{2}''') as late \gset
select is(
    (
        select string_agg(f.value ->> 'code', ' ')
        from jsonb_array_elements(tests.quote(:late) -> 'findings') as f
    ),
    'seat_unavailable', 'no Tuesday is left, says the cart'
);
select is(tests.checkout_error(:late) ->> 'code', 'seat_unavailable', 'and checkout');
select is(pg_temp.seats(:section), 3::bigint, 'nothing was taken');
select tests.as_family(
    tests.family_of_cart(r.cart_id), format('api.abandon_checkout(%s)', r.id)
) from enrollment.registrations as r where r.id = :thursday \g /dev/null
select is(pg_temp.places(:section), 'Tue | Thu Tue', 'Thursdays come free');
select is(
    tests.checkout_error(:late) ->> 'code', 'seat_unavailable', 'which is of no use to the Tuesday'
);
select is(
    tests.checkout_error(pg_temp.cart_of(:section, 'null')) ->> 'code', 'seat_unavailable',
    'nor to the whole class'
);
select tests.held(
    pg_temp.cart_of(:section, format('dates => ''{%s}''', (tests.dates(:section, 2))[2]))
) as dated \gset
select is(
    (
        select p.taken @> (tests.dates(:section, 2))[2]
        from enrollment.places as p where p.section_id = :section and p.place_number = 1
    ),
    true, 'but to a single date, between the Tuesdays'
);
select is(
    tests.checkout_error(pg_temp.cart_of(:section, 'weekdays => ''{4}''')) ->> 'code',
    'seat_unavailable', 'after which nobody has all Thursdays'
);

-- Siblings on different days in one cart share the last place; on one day they don't.
select tests.section('One place', '{2,4}', p_capacity => 1) as single \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :single)
);
select tests.family() as family2 \gset
select tests.student(:family2, 'One') as one \gset
select tests.student(:family2, 'Two') as two \gset
select tests.open_cart(:one) as cart2 \gset
select tests.put(:cart2, :one, :single, 'weekdays => ''{2}''') as item1 \gset
select tests.put(:cart2, :two, :single, 'weekdays => ''{2,4}''') as item2 \gset
select is(
    tests.checkout_error(:cart2) ->> 'code', 'seat_unavailable', 'two on Tuesday in one place'
);
select tests.run(format('delete from enrollment.cart_items where id = %s', :item2));
select tests.put(:cart2, :two, :single, 'weekdays => ''{4}''') as item2 \gset
select tests.held(:cart2) as both \gset
select is(pg_temp.places(:single), 'Thu Tue', 'one on Tuesday, one on Thursday');

-- By the constraint, whatever the functions would say: the table's owner, past every trigger.
create function pg_temp.seat_by_owner(section bigint, place integer, days text, of_student text)
returns text language plpgsql as $$
declare
    v_error jsonb;
begin
    perform set_config('session_replication_role', 'replica', true);
    perform tests.act_as_deploy();
    set local role enrollment;
    v_error := tests.error(
        format(
            $owner$
            insert into enrollment.seats (
                studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates,
                during, unshared
            )
            select
                auth.studio_id(), 1, 1, %4$s, %1$s, %2$s,
                range_agg(daterange(m.held_on, m.held_on + 1)),
                range_agg(tstzrange(m.starts_at, m.ends_at)),
                range_agg(tstzrange(m.starts_at, m.ends_at))
            from catalog.meetings as m where m.section_id = %1$s and %3$s
            $owner$, section, coalesce(place::text, 'null'), days, of_student
        )
    );
    perform tests.act_as_operator();
    perform set_config('session_replication_role', 'origin', true);
    return v_error ->> 'details';
end;
$$;
select tests.section('Owner', '{2,4}', p_capacity => 2) as owned \gset
select is(
    pg_temp.seat_by_owner(:owned, t.place, t.days, t.student), t.violated, t.what
)
from (
    values
    (1, 1, 'extract(isodow from m.held_on) = 2', '9000101', null, 'Tuesdays'),
    (2, 1, 'extract(isodow from m.held_on) = 4', '9000102', null, 'Thursdays in the same place'),
    (3, 1, 'extract(isodow from m.held_on) = 2', '9000103', 'seats_place_taken_once', 'Tuesdays again'),
    (4, 1, 'true', '9000104', 'seats_place_taken_once', 'the whole class in it'),
    (
        5, 1, format('m.held_on = %L', (tests.dates(:owned))[1]), '9000105', 'seats_place_taken_once',
        'one date in it'
    ),
    (6, 2, format('m.held_on = %L', (tests.dates(:owned))[1]), '9000106', null, 'one date in another'),
    (7, 2, 'true', '9000107', 'seats_place_taken_once', 'the whole class there'),
    (
        8, 2, format('m.held_on = %L', (tests.dates(:owned))[1]), '9000108', 'seats_place_taken_once',
        'the same date there'
    ),
    (9, 2, format('m.held_on = %L', (tests.dates(:owned, 2))[2]), '9000109', null, 'another date there'),
    (
        10, 2, format('m.held_on = %L', (tests.dates(:owned, 3))[3]), '9000101',
        'seats_student_in_one_place', 'a date for whoever has its weekday'
    ),
    (
        11, 2, format('m.held_on = %L', (tests.dates(:owned, 4))[4]), '9000101', null,
        'a date for whoever has the other'
    ),
    (12, null, 'true', '9000102', 'seats_student_in_one_place', 'the class for whoever has a weekday')
) as t (n, place, days, student, violated, what)
order by t.n;
select * from finish();
rollback;
