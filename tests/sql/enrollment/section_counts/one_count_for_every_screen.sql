begin;
set local search_path = tap, public;
select plan(12);
select tests.worker() as staff \gset
select tests.section('Counted', '{1}', p_capacity => 4) as section \gset
select tests.section('No limit', '{2}', p_capacity => null) as unlimited \gset
select tests.section('By date', '{3}', p_mode => 'drop_in', p_level => null, p_capacity => 1)
as dated \gset
select tests.date_price(:dated, 2500);
create function pg_temp.counts(p_section_id bigint, p_held_on date default null) returns text
language sql as $$
    select tests.as_staff(
        tests.worker(),
        format(
            '(select concat_ws('' '', c.capacity, c.confirmed, c.held, c.offered, c.reserved, c.open,
            c.waiting) from api.section_counts as c
            where c.section_id = %s and c.held_on is not distinct from %L::date)',
            p_section_id, p_held_on
        )
    ) #>> '{}'
$$;
select (tests.dates(:section))[1] as monday \gset
select (tests.dates(:dated, 2))[1] as day_1, (tests.dates(:dated, 2))[2] as day_2 \gset
select is(pg_temp.counts(:section), '4 0 0 0 0 4 0', 'an empty section');
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as paid \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as held \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as lapsing \gset
select is(pg_temp.counts(:section), '4 1 2 0 0 1 0', 'confirmed and held');
select is(pg_temp.counts(:section, :'monday'), '4 1 2 0 0 1 0', 'the same on each of its dates');
select tests.lapse(:lapsing);
select is(pg_temp.counts(:section), '4 1 1 0 0 2 0', 'a lapsed hold is open');
select is(pg_temp.counts(:section, :'monday'), '4 1 1 0 0 2 0', 'on each date');
select tests.run(
    format(
        'with taken as (
            update enrollment.places as p set taken = p.taken + n.dates
            from catalog.section_spans as n
            where p.section_id = n.section_id and p.section_id = %1$s and p.place_number = (
                select max(f.place_number) from enrollment.places as f
                where f.section_id = %1$s and isempty(f.taken)
            )
            returning p.place_number, n.dates
        )
        insert into enrollment.seats (studio_id, section_id, place_number, dates, status, reason)
        select auth.studio_id(), %1$s, t.place_number, t.dates, ''reserved'', ''a visitor''
        from taken as t', :section
    )
);
select is(pg_temp.counts(:section), '4 1 1 0 1 1 0', 'reserved by staff');
select tests.held(tests.cart(tests.student(tests.family()), :section)) as last \gset
select tests.wait(:section, array[tests.student(tests.family())]) as entry \gset
select is(pg_temp.counts(:section), '4 1 2 0 1 0 1', 'full, with one who waits');
select tests.abandon(:held);
select is(pg_temp.counts(:section), '4 1 1 1 1 0 0', 'whom the next free place is offered');
select is(pg_temp.counts(:unlimited), '0 0 0 0 0', 'without a limit: no capacity, nothing open');
select tests.student(tests.family()) as visitor \gset
select tests.put(
    tests.open_cart(:visitor), :visitor, :dated, format('dates => array[%L]::date []', :'day_1')
) as item \gset
select tests.held(i.cart_id) as holder from enrollment.cart_items as i where i.id = :item \gset
select is(pg_temp.counts(:dated, :'day_1'), '1 0 1 0 0 0 0', 'one date taken');
select is(pg_temp.counts(:dated, :'day_2'), '1 0 0 0 0 1 0', 'another one open');
-- What the public sees is the same, on every section and date, but for what is owed to a queue.
select is(
    tests.as_staff(
        :staff,
        '(select jsonb_agg(c) from api.section_counts as c
        left join api.sections as s on c.section_id = s.id and c.held_on is null
        left join api.meetings as m on c.section_id = m.section_id and c.held_on = m.held_on
        where c.waiting = 0 and c.open is distinct from coalesce(s.seats_left, m.seats_left)
        and (s.price_mode is null or s.price_mode <> ''drop_in''))'
    ),
    'null', 'seats_left agrees'
);
select * from finish();
rollback;
