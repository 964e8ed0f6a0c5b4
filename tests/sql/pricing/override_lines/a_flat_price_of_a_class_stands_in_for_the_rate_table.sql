begin;
set local search_path = tap, public;
select plan(13);
select tests.worker() as staff \gset
select tests.section('Flat', '{1}') as flat \gset
select tests.section('Usual', '{2}') as usual \gset
select tests.section('Usual too', '{3}') as usual_too \gset
select tests.section('Flat junior', '{4}', 'junior') as junior \gset
select tests.section('Flat program', '{4}', 'technique') as program \gset
create function pg_temp.flat(section bigint, amount bigint) returns void language sql as $$
    select tests.run(
        format(
            'insert into pricing.class_prices (
                studio_id, class_id, amount_minor, reason, set_by, valid_from
            )
            select s.studio_id, s.class_id, %s, ''test'', (select max(id) from identity.accounts),
            now() - interval ''1 s''
            from catalog.sections as s where s.id = %s', amount, section
        )
    )
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :flat) as cart \gset
select pg_temp.flat(:flat, 30000);
select is(
    tests.lines_text(tests.quote(:cart)),
    'class_price 30000, costume_senior 6500, video 1500, registration 4000',
    'the flat price in place of the rate; the fees stay'
);
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l where l.code = 'class_price'),
    'Flat, set price', 'in words'
);
select tests.cart(:student, :usual) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'class_price 30000, senior 79643, costume_senior 13000, video 1500, registration 4000',
    'it does not count for the rate step of the others'
);
-- Everybody pays it; a student's own override wins over it.
select tests.student(:family, 'Two') as two \gset
select tests.cart(:two, :flat) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'class_price'), 60000::bigint, 'everybody pays it'
);
select tests.override(:staff, :two, :flat, 100) as override \gset
select is(tests.amount(tests.quote(:cart), 'class_price'), 30000::bigint, 'but for one student');
select is(tests.amount(tests.quote(:cart), 'override'), 100::bigint, 'whose price staff have set');

-- Programs, tiers and dates go before it.
select tests.student(tests.family()) as other \gset
select tests.cart(:other, :program) as other_cart \gset
select pg_temp.flat(:program, 100);
select is(
    tests.lines_text(tests.quote(:other_cart)), 'technique 71678', 'the price of a program goes first'
);
-- It is a standard class all the same: its division has its vote.
select pg_temp.flat(:junior, 0);
select tests.cart(:other, :junior) as other_cart \gset
select is(
    tests.lines_text(tests.quote(:other_cart)),
    'class_price 0, technique 71678, costume_junior 5500, registration 4000',
    'nothing is a price, too'
);

-- Sold, it is neither charged nor counted again, and what is due now is as if it were alone.
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :usual_too) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 75661, costume_senior 6500',
    'paid, it is neither charged nor counted: the second of the usual ones'
);
select tests.quote(:cart) ->> 'quote_id' as later_quote \gset
-- An instant's rules: superseded, it was the price before.
select tests.predate(:quote);
select tests.predate(:later_quote);
select tests.supersede('class_prices', 'true');
select is(tests.replayed(:quote), tests.kept(:quote), 'a quote of before replays');
select is(tests.replayed(:later_quote), tests.kept(:later_quote), 'and one with it confirmed');
select tests.student(tests.family()) as other \gset
select tests.cart(:other, :flat) as other_cart \gset
select is(
    tests.amount(tests.quote(:other_cart), 'senior'), 79643::bigint,
    'a new quote goes by the rate table'
);
select is(tests.amount(tests.quote(:other_cart), 'class_price'), null, 'alone');
select * from finish();
rollback;
