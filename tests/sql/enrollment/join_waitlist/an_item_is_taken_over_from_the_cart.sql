begin;
set local search_path = tap, public;
select plan(33);
select tests.section('Full', '{1}', p_capacity => 2) as section \gset
select tests.section('Roomy', '{2}') as roomy \gset
select tests.section('Camp', '{3}', p_mode => 'tiered', p_capacity => 1) as camp \gset
select tests.section('By date', '{4}', p_mode => 'drop_in', p_level => null, p_capacity => 1)
as dated \gset
select tests.date_price(:dated, 2500), tests.tier_price(:camp, 'all_day', 9000) \g /dev/null
select (tests.dates(:dated, 3))[1] as day_1, (tests.dates(:dated, 3))[2] as day_2,
    (tests.dates(:dated, 3))[3] as day_3 \gset
select tests.family() as family \gset
select tests.student(:family) as ada, tests.student(:family, 'Ben') as ben \gset
create function pg_temp.refused(p_family bigint, p_arguments text) returns text
language sql as $$
    select tests.family_error_code(p_family, format('api.join_waitlist(%s)', p_arguments))
$$;
create function pg_temp.moved(p_family bigint, p_item bigint, p_more text default '') returns bigint
language sql as $$
    select (
        tests.as_family(
            p_family, format('api.join_waitlist(cart_item_ids => ''{%s}''%s)', p_item, p_more)
        ) #>> '{entries,0,waitlist_entry_id}'
    )::bigint
$$;
create function pg_temp.cart_of(p_entry bigint) returns bigint language sql as $$
    select w.cart_id from enrollment.waitlist_entries as w where w.id = p_entry
$$;

-- Refused the last seat: that item goes to the list, the rest is as it was.
select tests.open_cart(:ada) as cart \gset
select tests.put(:cart, :ada, :section, 'null') as full_item,
    tests.put(:cart, :ada, :roomy, 'null') as roomy_item \gset
select is(
    pg_temp.refused(:family, format('cart_item_ids => ''{%s}''', :full_item)), 'seats_available',
    'what can be had is not waited for'
);
select tests.held(tests.cart(tests.student(tests.family()), :section)) as one,
    tests.held(tests.cart(tests.student(tests.family()), :section)) as other \gset
select is(
    tests.checkout_error(:cart) ->> 'code', 'seat_unavailable', 'the whole cart is refused'
);
select pg_temp.moved(:family, :full_item) as entry \gset
select is(tests.entry_status(:entry), 'waiting', 'its student waits');
select is(
    (select array_agg(i.id) from enrollment.cart_items as i where i.cart_id = :cart),
    array[:roomy_item::bigint], 'the rest of the cart is as it was'
);
select is(
    (
        select format('%s %s', i.student_id, i.section_id) from enrollment.cart_items as i
        where i.cart_id = pg_temp.cart_of(:entry)
    ),
    format('%s %s', :ada, :section), 'the item is in a cart of what is waited for'
);
select isnt(tests.held(:cart), null, 'and the family goes on');
select tests.abandon(:one);
select is(tests.entry_status(:entry), 'offered', 'it is offered like any other');
select isnt(tests.quote(pg_temp.cart_of(:entry)) ->> 'quote_id', null, 'and has its price');

-- Tier and add-ons go with it.
select tests.student(:family, 'Cleo') as cleo, tests.student(:family, 'Dan') as dan \gset
select tests.family() as campers \gset
select tests.student(:campers) as camper \gset
select tests.open_cart(:camper) as camp_cart \gset
select tests.put(:camp_cart, :camper, :camp, 'tier => ''all_day''') as camp_item \gset
select tests.run(format(
    'update enrollment.cart_items set add_on_codes = ''{lunch}'' where id = %s', :camp_item
));
select tests.family() as rivals \gset
select tests.student(:rivals) as rival \gset
select tests.open_cart(:rival) as rival_cart \gset
select tests.put(:rival_cart, :rival, :camp, 'tier => ''all_day''') \g /dev/null
select tests.held(:rival_cart) as camp_holder \gset
select pg_temp.moved(:campers, :camp_item) as entry \gset
select is(
    (
        select format('%s %s', t.code, i.add_on_codes) from enrollment.cart_items as i
        inner join catalog.section_tiers as t on i.tier_id = t.id
        where i.cart_id = pg_temp.cart_of(:entry)
    ),
    'all_day {lunch}', 'tier and add-ons go with it'
);
select is(
    (select count(*) from enrollment.cart_items as i where i.cart_id = :camp_cart), 0::bigint,
    'nothing of it is left behind'
);

-- One date of several.
select tests.family() as daters \gset
select tests.student(:daters) as dater \gset
select tests.open_cart(:dater) as date_cart \gset
select tests.put(
    :date_cart, :dater, :dated,
    format('dates => array[%L, %L, %L]::date []', :'day_1', :'day_2', :'day_3')
) as date_item \gset
select tests.family() as others \gset
select tests.student(:others) as stranger \gset
select tests.open_cart(:stranger) as holder_cart \gset
select tests.put(:holder_cart, :stranger, :dated, format('dates => array[%L]::date []', :'day_2'))
\g /dev/null
select tests.held(:holder_cart) as date_holder \gset
select is(
    pg_temp.refused(:daters, format('cart_item_ids => ''{%s}''', :date_item)),
    'waitlist_date_required', 'several dates'
);
select is(
    pg_temp.refused(
        :daters, format('cart_item_ids => ''{%s}'', held_on => ''2001-01-01''', :date_item)
    ), 'waitlist_wish_invalid', 'a date that was not picked'
);
select is(
    pg_temp.refused(
        :daters, format('cart_item_ids => ''{%s}'', held_on => %L', :date_item, :'day_1')
    ), 'seats_available', 'a date that is free'
);
select pg_temp.moved(:daters, :date_item, format(', held_on => %L', :'day_2')) as entry \gset
select is(
    (select w.held_on from enrollment.waitlist_entries as w where w.id = :entry), :'day_2'::date,
    'the date that is full is waited for'
);
select is(
    (select i.dates from enrollment.cart_items as i where i.id = :date_item),
    array[:'day_1', :'day_3']::date [], 'the others stay in the cart'
);
select isnt(tests.held(:date_cart), null, 'and can be had');
select tests.abandon(:date_holder);
select is(tests.entry_status(:entry), 'offered', 'the date is offered once it is free');

-- Together or not at all: alike, and of one section.
select tests.section('For two', '{5}', p_capacity => 2) as pair \gset
select tests.family() as parents \gset
select tests.student(:parents) as eva, tests.student(:parents, 'Fay') as fay \gset
select tests.open_cart(:eva) as twin_cart \gset
select tests.put(:twin_cart, :eva, :pair, 'null') as eva_item,
    tests.put(:twin_cart, :fay, :pair, 'null') as fay_item,
    tests.put(:twin_cart, :fay, :section, 'null') as elsewhere \gset
select tests.held(tests.cart(tests.student(tests.family()), :pair)) as pair_holder \gset
select is(
    pg_temp.refused(:parents, format('cart_item_ids => ''{%s,%s}''', :eva_item, :elsewhere)),
    'group_differs', 'students of two sections don''t wait for one another'
);
select is(
    pg_temp.refused(:parents, format('cart_item_ids => ''{%s}''', :eva_item)),
    'seats_available', 'one of them could have the place that is left'
);
select is(
    jsonb_array_length(
        tests.as_family(
            :parents,
            format('api.join_waitlist(cart_item_ids => ''{%s,%s}'')', :eva_item, :fay_item)
        ) -> 'entries'
    ), 2, 'two want in together'
);
select is(
    (select array_agg(i.id) from enrollment.cart_items as i where i.cart_id = :twin_cart),
    array[:elsewhere::bigint], 'the rest is as it was'
);

-- Bad input writes nothing.
select is(pg_temp.refused(:parents, t.arguments), t.code, t.what)
from (
    values
    (
        format('%s, array[%s], cart_item_ids => ''{%s}''', :section, :fay, :elsewhere),
        'waitlist_wish_invalid', 'an item, and a class besides'
    ),
    (
        format('cart_item_ids => ''{%s}'', tier => ''all_day''', :elsewhere),
        'waitlist_wish_invalid', 'a tier besides'
    ),
    (
        format('cart_item_ids => ''{%s}'', held_on => ''2030-01-01''', :elsewhere),
        'waitlist_wish_invalid', 'a date of what is not by date'
    ),
    ('cart_item_ids => ''{}''', 'cart_item_not_found', 'no item'),
    ('cart_item_ids => ''{0}''', 'cart_item_not_found', 'no such item'),
    (
        format('cart_item_ids => ''{%s,%s}''', :elsewhere, :elsewhere), 'cart_item_not_found',
        'one twice'
    ),
    (format('cart_item_ids => ''{%s}''', :roomy_item), 'cart_item_not_found', 'another family''s'),
    ('', 'student_not_found', 'nothing at all'),
    (
        format(
            'cart_item_ids => ''{%s}''',
            (
                select min(i.id) from enrollment.cart_items as i
                inner join enrollment.carts as c on i.cart_id = c.id
                where c.family_id = :parents and c.kind = 'waitlist'
            )
        ), 'cart_is_waiting', 'one that waits already'
    )
) as t (arguments, code, what);
select is(
    (select array_agg(i.id) from enrollment.cart_items as i where i.cart_id = :twin_cart),
    array[:elsewhere::bigint], 'a refusal takes nothing out of the cart'
);

-- What the cart holds already.
select tests.run('update studio.settings set hold_starts_at = ''cart'' where term_id is null');
select tests.section('Held', '{6}', p_capacity => 1) as kept \gset
select tests.family() as holders \gset
select tests.student(:holders) as gil \gset
select tests.open_cart(:gil) as held_cart \gset
select tests.put(:held_cart, :gil, :kept, 'null') as held_item \gset
select is(
    pg_temp.refused(:holders, format('cart_item_ids => ''{%s}''', :held_item)), 'seats_available',
    'an item that holds its seat waits for nothing'
);
select is(
    (select count(*) from enrollment.seats as s where s.cart_item_id = :held_item), 1::bigint,
    'and keeps it'
);
select * from finish();
rollback;
