begin;
set local search_path = tap, public;
select plan(9);
-- One fee of each unit and kind, beside the demo's.
select tests.run(
    format(
        $$insert into pricing.fee_rules (
            studio_id, term_id, code, label, unit, amount_minor, charged_modes, position,
            once_per_term, valid_from
        )
        select
            auth.studio_id(), %s, o.code || u.unit, u.unit, u.unit, 100, '{standard}', 9, o.once,
            now() - interval '1 hour'
        from unnest(array['class', 'weekly_meeting', 'student', 'family']) as u (unit)
        cross join (values ('once_', true), ('each_', false)) as o (code, once)$$,
        tests.term()
    )
);
select tests.section('Once Mon Wed', '{1,3}') as twice \gset
select tests.section('Once Mon Wed', '{5}') as again \gset
select tests.section('Once Tue', '{2}') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
create function pg_temp.fees(cart bigint, what text) returns text language sql as $$
    select string_agg(replace(l.code, what, '') || ' ' || l.amount_minor, ', ' order by l.code)
    from tests.lines(tests.quote(cart)) as l
    where l.code like what || '%'
$$;
select tests.cart(:one, :twice) as cart \gset
select is(
    pg_temp.fees(:cart, 'once_'), 'class 100, family 100, student 100, weekly_meeting 200',
    'the first order is charged all of them'
);
select is(
    pg_temp.fees(:cart, 'each_'), 'class 100, family 100, student 100, weekly_meeting 200',
    'of either kind'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :tuesday) as cart \gset
select is(
    pg_temp.fees(:cart, 'once_'), 'class 100, weekly_meeting 100',
    'once a term: student and family have paid, a new class pays for itself'
);
select is(
    pg_temp.fees(:cart, 'each_'), 'class 100, family 100, student 100, weekly_meeting 100',
    'with each order: all again, for what it brings'
);
select tests.cart(tests.student(:family, 'Two'), :twice) as cart \gset
select is(
    pg_temp.fees(:cart, 'once_'),
    'class 100, class 100, student 100, weekly_meeting 100, weekly_meeting 200',
    'another student pays for itself, the family not'
);
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.cart(:one, :again) as cart \gset
select is(
    pg_temp.fees(:cart, 'once_'), 'weekly_meeting 100',
    'once a term: a second section of a class that is paid is no second class'
);
select is(
    pg_temp.fees(:cart, 'each_'), 'class 100, family 100, student 100, weekly_meeting 100',
    'with each order it is'
);

-- What was raised since is not charged to who has paid.
select tests.supersede('fee_rules', 'code = ''once_student''', '{"amount_minor": 500}');
select is(
    pg_temp.fees(:cart, 'once_'), 'weekly_meeting 100', 'a fee that was raised is not made up for'
);
select is(
    pg_temp.fees(tests.cart(tests.student(tests.family()), :again), 'once_'),
    'class 100, family 100, student 500, weekly_meeting 100', 'who comes new pays the new one'
);
select * from finish();
rollback;
