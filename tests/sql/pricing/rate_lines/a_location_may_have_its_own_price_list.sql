-- The old provider's list of spring 2026 for the second location: 775.99 for a junior class,
-- 796.40 for a senior one, each further class the same again.
begin;
set local search_path = tap, public;
select plan(22);
select l.id as downtown from studio.locations as l where l.name = 'Downtown' \gset
-- A section of the second location.
create function pg_temp.downtown(title text, weekday integer, level text default 'senior')
returns bigint language plpgsql as $$
declare
    v_section_id constant bigint := tests.section(title, array[weekday], level);
begin
    perform tests.run(
        format(
            'update catalog.sections set location_id = (
                select l.id from studio.locations as l
                where l.studio_id = auth.studio_id() and l.name = ''Downtown''
            ) where id = %s', v_section_id
        )
    );
    return v_section_id;
end;
$$;
create function pg_temp.tuition(cart bigint) returns jsonb language sql as $$
    select jsonb_build_array(l.code, l.amount_minor, l.basis -> 'location_id')
    from tests.lines(tests.quote(cart)) as l
    where l.kind = 'tuition'
$$;
select tests.section('Up Mon', '{1}') as up_monday \gset
select tests.section('Up Wed junior', '{3}', 'junior') as up_junior \gset
select pg_temp.downtown('Down Tue', 2) as down_tuesday \gset
select pg_temp.downtown('Down Fri', 5) as down_friday \gset
select pg_temp.downtown('Down Thu junior', 4, 'junior') as down_junior \gset
select pg_temp.downtown('Down Sat junior', 6, 'junior') as down_saturday \gset
select pg_temp.downtown('Down Wed early', 3, 'early_childhood') as down_early \gset

-- Bought before there was a list.
select tests.student(tests.family()) as before \gset
select tests.cart(:before, :down_tuesday) as before_cart \gset
select tests.quote(:before_cart) ->> 'quote_id' as before_quote \gset
select is(
    pg_temp.tuition(:before_cart), '["senior", 79643, null]',
    'a location without a list has the general one'
);
-- now() stands still in a test: that quote was a moment before the list, and the list is before
-- what follows.
select tests.predate(:before_quote, '2 ms');
select tests.run(
    format(
        $$insert into pricing.rates
        (studio_id, term_id, division_id, location_id, weekly_count, amount_minor, valid_from)
        select
        d.studio_id, %s, d.id, %s, n.weekly_count, n.weekly_count * x.amount_minor,
        now() - interval '1 ms'
        from (values ('junior', 77599), ('senior', 79640)) as x (code, amount_minor)
        inner join catalog.divisions as d
        on d.studio_id = auth.studio_id() and x.code = d.code
        cross join generate_series(1, 3) as n (weekly_count)
        where x.code = 'senior' or n.weekly_count < 3$$, tests.term(), :downtown
    )
);
select is(
    pg_temp.tuition(:before_cart), jsonb_build_array('senior', 79640, :downtown),
    'a senior class of the second location: 796.40'
);
select is(
    tests.replayed(:before_quote), tests.kept(:before_quote),
    'what was told before replays by the general list'
);
select tests.cart(tests.student(tests.family()), :down_junior) as junior_cart \gset
select is(
    pg_temp.tuition(:junior_cart), jsonb_build_array('junior', 77599, :downtown),
    'a junior one: 775.99'
);
select is(
    (select l.label from tests.lines(tests.quote(:junior_cart)) as l where l.kind = 'tuition'),
    'Tuition, Junior, 1 day a week, price list of Downtown', 'the line says by which list'
);
select is(
    tests.total(:junior_cart), 77599 + 4000 + 5500::bigint,
    'fees are the same everywhere'
);
select tests.cart(tests.student(tests.family()), :up_monday) as up_cart \gset
select is(
    pg_temp.tuition(:up_cart), '["senior", 79643, null]', 'the first location keeps the general list'
);
select is(
    (select l.label from tests.lines(tests.quote(:up_cart)) as l where l.kind = 'tuition'),
    'Tuition, Senior, 1 day a week', 'which needs no word'
);

-- Both: counted together, at the higher price of the two lists.
select tests.student(tests.family()) as both \gset
select tests.cart(:both, :up_monday, :down_tuesday) as both_cart \gset
select is(
    pg_temp.tuition(:both_cart), jsonb_build_array('senior', 2 * 79640, :downtown),
    'two days: 1,592.80 of the second location is more than 1,553.04'
);
select is(
    tests.what_if(
        format(
            $$select tests.supersede(
                'rates', 'location_id = %s and weekly_count = 2', '{"amount_minor": 155304}'
            )$$, :downtown
        ),
        format('pg_temp.tuition(%s)', :both_cart)
    ),
    '["senior", 155304, null]', 'at the same price the general list is named'
);
select tests.cart(tests.student(tests.family()), :up_junior, :down_tuesday) as mixed_cart \gset
select is(
    pg_temp.tuition(:mixed_cart), jsonb_build_array('senior', 2 * 79640, :downtown),
    'a junior class there and a senior one here are two senior days, by either list'
);

-- A list of its own is all a location has.
select tests.cart(tests.student(tests.family()), :down_early) as early_cart \gset
create temporary table refusal as select tests.quote_error(:early_cart) as body;
select is(
    (select body ->> 'code' from refusal), 'rate_missing',
    'a division that the list leaves out has no price there'
);
select is(
    (select (body ->> 'details')::jsonb -> 'location_id' from refusal), to_jsonb(:downtown),
    'the refusal says whose list'
);
select tests.cart(
    tests.student(tests.family()), :up_junior, :down_junior, :down_saturday
) as three_cart \gset
select is(
    tests.quote_error(:three_cart) ->> 'code', 'rate_missing',
    'nor is the highest price known while one list lacks the count'
);
select is(
    (tests.quote_error(:three_cart) ->> 'details')::jsonb
    - 'student_id',
    jsonb_build_object(
        'division', 'Junior', 'weekly_count', 3, 'counted', 'days', 'location_id', :downtown
    ),
    'which it says, too'
);

-- Where both lack the row the general list is named, whichever class comes first.
select pg_temp.downtown('Down first', 1, 'junior') as down_first \gset
select tests.section('Up second', '{2}', 'junior') as up_second \gset
select tests.section('Up third', '{4}', 'junior') as up_third \gset
select tests.cart(
    tests.student(tests.family()), :down_first, :up_second, :up_third
) as lacking_cart \gset
select is(
    tests.what_if(
        $$
            update pricing.rates set superseded_at = now() where location_id is null
            and weekly_count = 3 and superseded_at is null and division_id = (
                select d.id from catalog.divisions as d
                where d.studio_id = auth.studio_id() and d.code = 'junior'
            )
        $$,
        format('(tests.quote_error(%s) ->> ''details'')::jsonb - ''student_id''', :lacking_cart)
    ),
    '{"division": "Junior", "weekly_count": 3, "counted": "days"}',
    'and of two lists without it the general one'
);

-- Only the difference to what is confirmed is due, which is taken at its own list.
select tests.student(tests.family()) as step \gset
select tests.cart(:step, :up_monday) as step_cart \gset
select tests.confirmed(:step_cart) as registration \gset
select tests.cart(:step, :down_tuesday) as step_cart \gset
select is(
    pg_temp.tuition(:step_cart), jsonb_build_array('senior', 2 * 79640 - 79643, :downtown),
    'the second day at the second location: 1,592.80 less the 796.43 of the first'
);
select tests.student(tests.family()) as back \gset
select tests.cart(:back, :down_tuesday) as back_cart \gset
select tests.confirmed(:back_cart) as registration \gset
select tests.cart(:back, :up_monday) as back_cart \gset
select is(
    pg_temp.tuition(:back_cart), jsonb_build_array('senior', 2 * 79640 - 79640, :downtown),
    'the other way round: 1,592.80 less the 796.40 of the second'
);

-- Many carts are priced as one alone.
select is(
    tests.value(
        format(
            $$(
                select jsonb_object_agg(l.cart_id, l.amount_minor)
                from unnest(
                    pricing.price_baskets(
                        pricing.basket(array[%1$s, %2$s, %3$s]),
                        pricing.basket_orders(array[%1$s, %2$s, %3$s], null),
                        pricing.plan_of(%4$s, null, null, now()), now()
                    )
                ) as l
                where l.kind = 'tuition'
            )$$,
            :up_cart, :junior_cart, :both_cart, tests.term()
        )
    ),
    jsonb_build_object(:up_cart, 79643, :junior_cart, 77599, :both_cart, 159280),
    'in one call for several carts'
);

-- A list ends as its last row does.
select is(
    tests.what_if(
        format($$select tests.supersede('rates', 'location_id = %s')$$, :downtown),
        format('pg_temp.tuition(%s)', :both_cart)
    ),
    '["senior", 155304, null]', 'a list that is taken away leaves the general one'
);
-- Where a class is, is kept with its quote.
select tests.quote(:both_cart) ->> 'quote_id' as both_quote \gset
select is(
    tests.what_if(
        format(
            'update catalog.sections set location_id = (
                select l.id from studio.locations as l
                where l.studio_id = auth.studio_id() and l.name = ''Uptown''
            ) where id = %s', :down_tuesday
        ),
        format('pg_temp.tuition(%s)', :both_cart)
    ),
    '["senior", 155304, null]', 'a class that moves has the prices of its new place'
);
select is(
    tests.what_if(
        format(
            'update catalog.sections set location_id = (
                select l.id from studio.locations as l
                where l.studio_id = auth.studio_id() and l.name = ''Uptown''
            ) where id = %s', :down_tuesday
        ),
        format('tests.replayed(%s)', :both_quote)
    ),
    tests.kept(:both_quote), 'the quote from before replays as it was'
);
select * from finish();
rollback;
