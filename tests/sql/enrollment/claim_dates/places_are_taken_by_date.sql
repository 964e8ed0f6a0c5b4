begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Places by date', '{1}', p_mode => 'drop_in', p_capacity => 2) as section \gset
select tests.date_price(:section, 100) \g /dev/null
select (tests.dates(:section, 4))[1] as d1, (tests.dates(:section, 4))[2] as d2,
    (tests.dates(:section, 4))[3] as d3, (tests.dates(:section, 4))[4] as d4 \gset
create function pg_temp.cart_of(p_section bigint, variadic p_dates date []) returns bigint
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, p_section, format('dates => %L', p_dates::text));
    return v_cart_id;
end;
$$;
-- Places left on the first four dates, and what the section says.
create function pg_temp.left(p_section bigint) returns text language plpgsql as $$
declare
    v_text text;
begin
    perform tests.act_as_anon();
    select string_agg(m.seats_left::text, ' ' order by m.held_on) into v_text
    from (
        select x.held_on, x.seats_left from api.meetings as x
        where x.section_id = p_section
        order by x.held_on
        limit 4
    ) as m;
    select concat_ws(' of ', v_text, s.seats_left) into v_text
    from api.sections as s where s.id = p_section;
    perform tests.act_as_operator();
    return v_text;
end;
$$;
select is(pg_temp.left(:section), '2 2 2 2 of 2', 'two places a date');
select pg_temp.cart_of(:section, :'d1', :'d2') as cart_a \gset
select is(pg_temp.left(:section), '2 2 2 2 of 2', 'a cart takes none');
select tests.confirmed(:cart_a) as a \gset
select is(pg_temp.left(:section), '1 1 2 2 of 2', 'a place on each date that is bought');
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :section), 2::bigint,
    'a seat for each date'
);
select is(
    (
        select range_agg(s.during) from enrollment.seats as s where s.section_id = :section
    ),
    (
        select range_agg(tstzrange(m.starts_at, m.ends_at)) from catalog.meetings as m
        where m.section_id = :section and m.held_on in (:'d1', :'d2')
    ),
    'at the hours of those dates'
);
select tests.confirmed(pg_temp.cart_of(:section, :'d2', :'d3')) as b \gset
select is(pg_temp.left(:section), '1 0 1 2 of 2', 'the second date is sold out');
select is(
    (tests.quote(pg_temp.cart_of(:section, :'d2', :'d4')) #> '{findings,0,details}')
    - '{waiting,waiting_words,waitlist,waitlist_words}'::text [],
    jsonb_build_object(
        'title', 'Places by date on ' || to_char(:'d2'::date, 'Mon FMDD'),
        'dates', jsonb_build_array(:'d2')
    ),
    'a finding names the date that is full, and no other'
);
select is(
    tests.checkout_error(pg_temp.cart_of(:section, :'d2', :'d4')) ->> 'message',
    format('Places by date on %s has no place left.', to_char(:'d2'::date, 'Mon FMDD')),
    'so does the refusal'
);
select is(pg_temp.left(:section), '1 0 1 2 of 2', 'and nothing is taken');
-- One date is free on the one place, another on the other one: both can be had.
select tests.confirmed(pg_temp.cart_of(:section, :'d1', :'d3')) as c \gset
select is(pg_temp.left(:section), '0 0 0 2 of 2', 'on places of their own where it must be');
select tests.held(pg_temp.cart_of(:section, :'d4')) as d \gset
select tests.confirmed(pg_temp.cart_of(:section, :'d4')) as e \gset
select is(pg_temp.left(:section), '0 0 0 0 of 2', 'later dates are free: the section is not full');
select is(
    (
        select count(*) from enrollment.places as p
        cross join lateral unnest(p.taken) as t (days)
        where p.section_id = :section and lower(t.days) <= :'d4'
    ),
    8::bigint, 'each place on each date once'
);
-- A lapsed hold is free again, on its date alone.
select tests.lapse(:d);
select is(pg_temp.left(:section), '0 0 0 1 of 2', 'a lapsed hold counts as free on its date');
select is(
    tests.quote(pg_temp.cart_of(:section, :'d4')) -> 'findings', '[]', 'nothing speaks against it'
);
select is(
    tests.checkout_error(pg_temp.cart_of(:section, :'d4')), null, 'whoever comes next releases it'
);
select is(tests.registration_status(:d), 'failed', 'the lapsed one is over');

-- Two children of a family, on one place by turns, give back both dates.
select tests.section('One place', '{2}', p_mode => 'drop_in', p_capacity => 1) as single \gset
select tests.date_price(:single, 10000) \g /dev/null
select (tests.dates(:single, 2))[1] as s1, (tests.dates(:single, 2))[2] as s2 \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select tests.put(:cart, :one, :single, format('dates => ''{%s}''', :'s1')) as item \gset
select tests.put(:cart, :two, :single, format('dates => ''{%s}''', :'s2')) as item \gset
select tests.held(:cart) as registration \gset
select is(pg_temp.left(:single), '0 0 1 1 of 1', 'they have it by turns');
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) as gone \gset
select is(pg_temp.left(:single), '1 1 1 1 of 1', 'and both dates are given back');
select is_empty(
    format('select from enrollment.seats where section_id = %s', :single), 'with their seats'
);
-- Two children on one date of one place.
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.put(:cart, :one, :single, format('dates => ''{%s}''', :'s1')) as item \gset
select tests.put(:cart, :two, :single, format('dates => ''{%s,%s}''', :'s1', :'s2')) as item \gset
select is(
    (
        select string_agg(distinct f.value ->> 'code', ', ')
        from jsonb_array_elements(tests.quote(:cart) -> 'findings') as f
    ),
    'seat_unavailable', 'one place for two is said'
);
select is(tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'and refused');

-- Without a capacity there is nothing to take.
select tests.section('Open house', '{3}', p_mode => 'drop_in', p_capacity => null) as open \gset
select tests.date_price(:open, 100) \g /dev/null
select tests.confirmed(pg_temp.cart_of(:open, (tests.dates(:open))[1])) as free \gset
select is(pg_temp.left(:open), '', 'unlimited is not a number');
select is(
    (select array_agg(s.place_number) from enrollment.seats as s where s.section_id = :open),
    array[null]::integer [], 'a seat without a place'
);

-- Capacity may shrink to what is taken on the fullest date.
select tests.section('Shrinking', '{4}', p_mode => 'drop_in', p_capacity => 3) as shrinking \gset
select tests.date_price(:shrinking, 100) \g /dev/null
select tests.confirmed(pg_temp.cart_of(:shrinking, variadic tests.dates(:shrinking, 2))) as f \gset
select tests.confirmed(
    pg_temp.cart_of(:shrinking, (tests.dates(:shrinking, 3))[2], (tests.dates(:shrinking, 3))[3])
) as g \gset
create function pg_temp.capacity(section bigint, capacity integer) returns text
language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format('update catalog.sections set capacity = %s where id = %s', capacity, section)
        )
    )
$$;
select is(
    pg_temp.capacity(:shrinking, 1), 'capacity_below_taken', 'two have a place on the second date'
);
select is(pg_temp.capacity(:shrinking, 2), null, 'two places are enough');
select is(pg_temp.left(:shrinking), '1 0 1 2 of 2', 'every date keeps its places');

-- A cancelled date can't be claimed, even by whoever had it in the cart; seats of it end.
select pg_temp.cart_of(:shrinking, (tests.dates(:shrinking, 4))[4]) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled'' where section_id = %s
        and held_on in (%L, %L)', :shrinking, (tests.dates(:shrinking, 4))[4],
        (tests.dates(:shrinking, 4))[1]
    )
);
select is(tests.checkout_error(:cart) ->> 'code', 'date_unknown', 'a date cancelled since');
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :shrinking), 3::bigint,
    'seats on a cancelled date end with it'
);
-- What the claim itself finds, when the date went after the findings.
select tests.run(
    format(
        $sql$
            with registered as (
                insert into enrollment.registrations
                (studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at)
                select studio_id, family_id, term_id, id, %2$s, 0, now() + interval '1 h'
                from enrollment.carts where id = %1$s
                returning *
            )
            insert into enrollment.enrollments
            (studio_id, family_id, registration_id, student_id, section_id, price_mode, dates)
            select i.studio_id, i.family_id, r.id, i.student_id, i.section_id, i.price_mode, i.dates
            from enrollment.cart_items as i inner join registered as r using (cart_id)
        $sql$, :cart, :quote
    )
);
select max(r.id) as registration from enrollment.registrations as r \gset
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'select set_config(''callboard.family_id'', %L, true),
                enrollment.claim_seats(%s)', tests.family_of_cart(:cart), :registration
            )
        )
    ),
    'date_unknown', 'a claim of a date that is not held'
);
select * from finish();
rollback;
