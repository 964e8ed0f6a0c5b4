begin;
set local search_path = tap, public;
select plan(22);
select tests.section('By date', '{1}', p_mode => 'drop_in') as section \gset
select tests.section('Rate table', '{2}') as ballet \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select (tests.dates(:section, 4))[1] as d1, (tests.dates(:section, 4))[2] as d2,
    (tests.dates(:section, 4))[3] as d3, (tests.dates(:section, 4))[4] as d4 \gset
select tests.put(
    :cart, :one, :section, format('dates => ''{%s,%s,%s}''', :'d1', :'d2', :'d3')
) as item \gset
select is(tests.quote_error(:cart) ->> 'code', 'price_missing', 'dates without a price');
select tests.date_price(:section, 3500, :'d2') \g /dev/null
select is(
    tests.quote_error(:cart) ->> 'code', 'price_missing', 'one date with a price is not all of them'
);
select tests.date_price(:section, 2800) \g /dev/null
-- 28.00 + 35.00 + 28.00; no registration fee, no costume, no video.
select is(tests.lines_text(tests.quote(:cart)), 'drop_in 9100', 'two at 28.00 and one at 35.00');
select is(
    (select l.label from tests.lines(tests.quote(:cart)) as l),
    format(
        'By date, 3 dates: %s, %s, %s', to_char(:'d1'::date, 'Mon FMDD'),
        to_char(:'d2'::date, 'Mon FMDD'), to_char(:'d3'::date, 'Mon FMDD')
    ),
    'in words'
);
select is(
    (
        select jsonb_path_query_array(l.basis, '$.dates[*].amount_minor')
        from tests.lines(tests.quote(:cart)) as l
    ),
    '[2800, 3500, 2800]', 'each date with its price'
);
select is(
    (
        select array_agg(p.amount_minor order by x.number)
        from tests.lines(tests.quote(:cart)) as l
        cross join jsonb_array_elements(l.basis -> 'dates') with ordinality as x (value, number)
        inner join pricing.date_prices as p
            on (x.value ->> 'rule_id')::bigint = p.id
            and (x.value ->> 'rule_version')::integer = p.version
    ),
    array[2800, 3500, 2800]::bigint [], 'and the rule that made it'
);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'the quote replays');

-- Other dates at the same price are not what was quoted.
select tests.as_family(:family, format('api.remove_cart_item(%s)', :item)) as gone \gset
select tests.put(
    :cart, :one, :section, format('dates => ''{%s,%s,%s}''', :'d1', :'d2', :'d4')
) as item \gset
select is(
    tests.family_error_code(
        :family, format('api.checkout(%s, %s, ''other dates'')', :cart, :quote)
    ),
    'quote_changed', 'checkout tells them apart'
);
select is(tests.replayed(:quote), tests.kept(:quote), 'and the old quote is what it was');
select tests.confirmed(:cart) as registration \gset
select is(
    (select e.dates from enrollment.enrollments as e where e.registration_id = :registration),
    array[:'d1', :'d2', :'d4']::date [], 'the dates go with the enrollment'
);
select matches(
    tests.value(format('messaging.receipt_text(%s)', :registration)) #>> '{}',
    format(
        'By date, Uptown, %s 10:00 am and %s 10:00 am and %s 10:00 am',
        to_char(:'d1'::date, 'Mon FMDD'), to_char(:'d2'::date, 'Mon FMDD'),
        to_char(:'d4'::date, 'Mon FMDD')
    ),
    'the receipt names the dates'
);

-- A date is sold once to a student, another one may follow at its own price alone.
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select is(
    tests.family_error_code(
        :family,
        format(
            'api.put_cart_item(%s, %s, %s, dates => ''{%s,%s}'')', :cart, :one, :section, :'d3',
            :'d4'
        )
    ),
    'already_enrolled', 'a date the student has'
);
select tests.put(:cart, :one, :section, format('dates => ''{%s}''', :'d3')) as item \gset
select is(tests.lines_text(tests.quote(:cart)), 'drop_in 2800', 'what was paid is not paid again');
select matches(
    (select l.label from tests.lines(tests.quote(:cart)) as l), '^By date, 1 date: [A-Z]',
    'one date'
);
select is(tests.quote(:cart) -> 'findings', '[]', 'nothing speaks against it');
select tests.confirmed(:cart) as second \gset
select is(
    (
        select count(*) from enrollment.enrollments as e
        where e.student_id = :one and e.section_id = :section and e.status = 'confirmed'
    ),
    2::bigint, 'it is an enrollment of its own'
);
-- A drop-in class doesn't count as a weekly one and has paid no registration fee.
select tests.cart(:one, :ballet) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 79643, costume_senior 6500, video 1500, registration 4000', 'a weekly class later'
);

-- An item staff have priced is for its dates together; dates sold before don't stand in the way.
select tests.worker() as staff \gset
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select (tests.dates(:section, 6))[5] as d5, (tests.dates(:section, 6))[6] as d6 \gset
select tests.put(
    :cart, :one, :section, format('dates => ''{%s,%s}''', :'d5', :'d6')
) as item \gset
select tests.override(:staff, :one, :section, 1000) as override \gset
select is(tests.lines_text(tests.quote(:cart)), 'override 1000', 'a set price for both');

-- What each date costs is in the catalogue.
create function pg_temp.public_price(section bigint, day date) returns text language plpgsql as $$
declare
    v_text text;
begin
    perform tests.act_as_anon();
    select m.amount_minor::text into v_text from api.meetings as m
    where m.section_id = section and m.held_on = day;
    perform tests.act_as_operator();
    return v_text;
end;
$$;
select is(pg_temp.public_price(:section, :'d1'), '2800', 'the price of every date');
select is(pg_temp.public_price(:section, :'d2'), '3500', 'and of this one');
select is(pg_temp.public_price(:ballet, (tests.dates(:ballet))[1]), null, 'none by rate table');
select tests.run('update catalog.classes set visibility = ''hidden'' where title = ''By date''');
select tests.act_as_anon();
select count(*) as prices from api.meetings as m where m.amount_minor is not null
and m.section_id = :section \gset
select tests.act_as_operator();
select is(:prices, 0, 'none of a hidden class');
select * from finish();
rollback;
