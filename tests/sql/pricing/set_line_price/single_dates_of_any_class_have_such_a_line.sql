-- A term without a class by date: the line is there once a class by rate table has a price by date.
begin;
set local search_path = tap, public;
select plan(8);
select tests.worker() as staff \gset
select tests.section('Tue and Thu', '{2,4}') as section \gset
select tests.student(tests.family()) as student \gset
-- The demo's own classes by date are of another term from here on.
select tests.run(
    $$
    with other as (
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at,
            status
        )
        select
            t.studio_id, 'Another', t.starts_on, t.ends_on, t.registration_opens_at,
            t.registration_closes_at, 'published'
        from catalog.terms as t where t.id = tests.term()
        returning studio_id, id
    )

    insert into catalog.classes (studio_id, term_id, title, discipline, price_mode, division_id)
    select o.studio_id, o.id, 'Elsewhere', 'ballet', 'standard', min(d.id)
    from other as o inner join catalog.divisions as d on o.studio_id = d.studio_id
    group by o.studio_id, o.id
    $$
) \g /dev/null
select max(t.id) as term from catalog.terms as t where t.name = 'Another' \gset
select tests.run(
    format(
        'insert into catalog.sections (
            studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on
        )
        select k.studio_id, k.term_id, k.id, ''standard'', min(l.id), ''A'', t.starts_on, t.ends_on
        from catalog.classes as k
        inner join catalog.terms as t on k.term_id = t.id
        inner join studio.locations as l on k.studio_id = l.studio_id
        where k.term_id = %s group by k.studio_id, k.term_id, k.id, t.starts_on, t.ends_on',
        :term
    )
) \g /dev/null
select max(s.id) as elsewhere from catalog.sections as s where s.term_id = :term \gset
create function pg_temp.set(staff bigint, term bigint, student bigint, amount bigint)
returns text language plpgsql as $$
declare
    v_error text;
begin
    v_error := tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', staff,
            format(
                'api.set_line_price(%s, %s, ''drop_in'', ''drop_in'', %s, ''agreed'')', term,
                student, amount
            )
        )
    );
    perform tests.act_as_operator();
    return coalesce(v_error, 'set');
end;
$$;
select is(
    pg_temp.set(:staff, :term, :student, 100), 'line_unknown', 'nothing is sold by date there'
);
select tests.date_price(:elsewhere, 3000) \g /dev/null
select is(
    pg_temp.set(:staff, :term, :student, 100), 'set', 'a class by rate table has a price by date'
);
select tests.supersede('date_prices', format('r.section_id = %s', :elsewhere)) \g /dev/null
select is(
    pg_temp.set(:staff, :term, :student, 100), 'line_unknown', 'it has none any more'
);

-- And the price that is set is that of the line.
select tests.date_price(:section, 3000) \g /dev/null
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :section,
    format('dates => ''{%s,%s}''', (tests.dates(:section, 2))[1], (tests.dates(:section, 2))[2])
) \g /dev/null
select is(tests.amount_of_kind(tests.quote(:cart), 'drop_in'), 6000::bigint, 'two dates cost 60.00');
select is(
    pg_temp.set(:staff, tests.term(), :student, 4500), 'set', 'staff say what they cost'
);
select is(
    (
        select string_agg(l.kind || ' ' || l.amount_minor, ', ' order by l.line_number)
        from tests.lines(tests.quote(:cart)) as l
    ),
    'drop_in 6000, adjustment -1500', 'which is a line of its own'
);
select is(tests.total(:cart), 4500::bigint, 'and the price');
select is(
    (tests.checkout(:cart) ->> 'total_minor')::bigint, 4500::bigint, 'that is charged'
);
select * from finish();
rollback;
