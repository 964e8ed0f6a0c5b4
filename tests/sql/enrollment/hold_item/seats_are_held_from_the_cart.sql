begin;
set local search_path = tap, public;
select plan(27);
select tests.run('update studio.settings set hold_starts_at = ''cart'', hold_minutes = 20');
select tests.section('Held early', '{1}', p_capacity => 1) as section \gset
select tests.section('Also held', '{2}', p_capacity => 2) as other \gset
select tests.section('By date', '{3}', p_mode => 'drop_in', p_level => null, p_capacity => 1)
as dated \gset
select tests.date_price(:dated, 2500);
select (tests.dates(:dated, 2))[1] as first_date, (tests.dates(:dated, 2))[2] as second_date
\gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
create function pg_temp.seats(p_cart_id bigint) returns text language sql as $$
    select string_agg(format('%s %s', s.section_id, s.status), ', ' order by s.section_id, s.id)
    from enrollment.cart_items as i
    inner join enrollment.seats as s on i.id = s.cart_item_id
    where i.cart_id = p_cart_id
$$;
create function pg_temp.left(p_section_id bigint) returns integer language sql as $$
    select (
        tests.as_anybody(
            format('(select s.seats_left from api.sections as s where s.id = %s)', p_section_id)
        )
    )::integer
$$;
create function pg_temp.deadline(p_cart_id bigint) returns interval language sql as $$
    select c.hold_expires_at - now() from enrollment.carts as c where c.id = p_cart_id
$$;

select tests.cart(:student, :section) as cart \gset
select is(pg_temp.seats(:cart), :section || ' held', 'an item takes its seat at once');
select is(pg_temp.left(:section), 0, 'and everybody sees it taken');
select is(pg_temp.deadline(:cart), interval '20 minutes', 'for as long as the settings say');
select is(
    (
        tests.as_family(
            :family,
            format('(select c.hold_expires_at from api.carts as c where c.id = %s)', :cart)
        ) #>> '{}'
    )::timestamptz,
    now() + interval '20 minutes', 'the family can see until when'
);
-- One deadline a cart.
select tests.run(
    format(
        'update enrollment.carts set hold_expires_at = hold_expires_at - interval ''5 min''
        where id = %s', :cart
    )
);
select tests.cart(:student, :other) as same_cart \gset
select is(pg_temp.deadline(:cart), interval '15 minutes', 'a later item doesn''t move it');
select is(
    pg_temp.seats(:cart), format('%s held, %s held', :section, :other), 'but has its seat, too'
);
select is(tests.quote(:cart) -> 'findings', '[]', 'what it holds itself speaks against nothing');

-- All or nothing for each item.
select tests.family() as second \gset
select tests.student(:second) as late \gset
select tests.open_cart(:late) as late_cart \gset
select is(
    tests.error_code(format('select tests.cart(%s, %s)', :late, :section)), 'seat_unavailable',
    'whoever comes second is told when adding it'
);
select is(
    (select count(*) from enrollment.cart_items as i where i.cart_id = :late_cart), 0::bigint,
    'and nothing is written'
);
select tests.put(
    :late_cart, :late, :dated, format('dates => array[%L]::date []', :'first_date')
) as dated_item \gset
select is(
    tests.error_code(
        format(
            'select tests.put(%s, %s, %s, %L)', :cart, :student, :dated,
            format('dates => array[%L, %L]::date []', :'first_date', :'second_date')
        )
    ),
    'seat_unavailable', 'two dates of which one is full'
);
select is(
    pg_temp.seats(:cart), format('%s held, %s held', :section, :other),
    'give no seat on the other either'
);
-- A clash is named at once.
select tests.section('At that time', '{1}') as clash \gset
select is(
    tests.error(format('select tests.cart(%s, %s)', :student, :clash)) ->> 'message',
    'At that time and Held early are at the same time.', 'a clash with what the cart holds'
);

-- Removing frees at once.
select i.id as item from enrollment.cart_items as i
where i.cart_id = :cart and i.section_id = :other \gset
select tests.as_family(:family, format('api.remove_cart_item(%s)', :item));
select is(pg_temp.left(:other), 2, 'an item that is removed frees its seat at once');
select is(pg_temp.seats(:cart), :section || ' held', 'the other one stays');

-- Checkout takes the seats over, with their deadline.
select s.id as seat from enrollment.seats as s where s.section_id = :section \gset
select tests.held(:cart) as registration \gset
select is(
    (select s.id from enrollment.seats as s where s.section_id = :section), :seat::bigint,
    'checkout takes the very seat over'
);
select is(
    (select s.cart_item_id from enrollment.seats as s where s.id = :seat), null,
    'which is the enrollment''s now'
);
select is(
    (select r.hold_expires_at - now() from enrollment.registrations as r where r.id = :registration),
    interval '15 minutes', 'and is kept no longer than the cart''s'
);
select is(pg_temp.deadline(:cart), null, 'of which nothing is held any more');
select is(
    tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) ->> 'status',
    'cancelled', 'it can be abandoned'
);
select is(pg_temp.left(:section), 1, 'and its place is free again');

-- A lapsed hold blocks nobody.
select tests.run(
    format('update enrollment.carts set hold_expires_at = now() where id = %s', :late_cart)
);
select is(
    tests.value(format('enrollment.free_dates(%s, array[%L]::date [])', :dated, :'first_date'))
    ->> 'places',
    '1', 'a lapsed hold counts as free'
);
select tests.put(
    :cart, :student, :dated, format('dates => array[%L, %L]::date []', :'first_date', :'second_date')
) as item \gset
select is(
    pg_temp.seats(:cart), format('%s held, %s held', :dated, :dated),
    'and goes to whoever asks, a seat for each date'
);
select is(pg_temp.seats(:late_cart), null, 'the lapsed cart has none');
select is(
    (select array_agg(i.id) from enrollment.cart_items as i where i.cart_id = :late_cart),
    array[:dated_item]::bigint [], 'but all that was put there'
);
select is(
    (select e.kind from ops.domain_events as e where e.subject_id = :late_cart
    and e.kind like 'cart.%'), 'cart.released', 'it is on record'
);
-- The job does the same.
select tests.run(format('update enrollment.carts set hold_expires_at = now() where id = %s', :cart));
select is(tests.value('enrollment.expire_holds()'), '1', 'the job releases lapsed carts');
select is(tests.value('enrollment.expire_holds()'), '0', 'once');
select * from finish();
rollback;
