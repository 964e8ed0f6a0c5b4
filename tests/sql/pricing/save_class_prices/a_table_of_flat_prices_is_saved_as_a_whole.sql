begin;
set local search_path = tap, public;
select plan(24);
select tests.worker('manager') as manager \gset
select tests.worker() as staff \gset
select tests.section('Flat', '{1}') as flat \gset
select tests.section('Other', '{2}') as other \gset
select tests.section('Program', '{3}', 'technique') as program \gset
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
create function pg_temp.class(section bigint) returns bigint language sql as $$
    select s.class_id from catalog.sections as s where s.id = section
$$;
create function pg_temp.saved(manager bigint, version text, rows jsonb) returns jsonb
language sql as $$
    select tests.as_manager(
        manager, format('api.save_class_prices(%s, %s, %L)', tests.term(), version, rows)
    )
$$;
create function pg_temp.refusal(manager bigint, rows jsonb, version text default '0') returns text
language sql as $$
    select concat_ws(
        ' ', e.error ->> 'code', nullif(e.error ->> 'details', '')::jsonb ->> 'row',
        nullif(e.error ->> 'details', '')::jsonb ->> 'column'
    )
    from (
        select tests.error(format('select pg_temp.saved(%s, %L, %L)', manager, version, rows))
    ) as e (error)
$$;
create function pg_temp.row(section bigint, changes jsonb default '{}') returns jsonb
language sql as $$
    select jsonb_build_object(
        'class_id', pg_temp.class(section), 'amount_minor', 30000, 'reason', 'a trial year'
    ) || changes
$$;
create temporary table wrong (number integer generated always as identity, changes jsonb, said text);
insert into wrong (changes, said) values
('{"class_id": null}', 'class_id'),
(jsonb_build_object('class_id', pg_temp.class(:foreign_section)), 'class_id'),
(jsonb_build_object('class_id', pg_temp.class(:program)), 'class_id'),
('{"amount_minor": 0.5}', 'amount_minor'),
('{"amount_minor": -1}', 'amount_minor'),
('{"amount_minor": 100000000000}', 'amount_minor'),
('{"amount_minor": null}', 'amount_minor'),
('{"reason": " "}', 'reason'),
('{"reason": 1}', 'reason'),
('{"price": 1}', 'price');
select is(
    pg_temp.refusal(
        :manager, jsonb_build_array(pg_temp.row(:other), pg_temp.row(:flat, w.changes))
    ),
    'rule_invalid 2 ' || w.said, w.changes::text
)
from wrong as w
order by w.number;
select is(
    pg_temp.refusal(:manager, jsonb_build_array(pg_temp.row(:flat), pg_temp.row(:flat))),
    'rule_invalid 2 class_id', 'one class twice'
);
select is(pg_temp.refusal(:manager, '[null]'), 'rule_invalid 1', 'a row that is none');
select is(pg_temp.refusal(:manager, 'null'), 'rule_invalid 0', 'no array');
select is(
    pg_temp.refusal(:manager, jsonb_build_array(pg_temp.row(:flat)), '1'), 'version_stale',
    'another version than was seen'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.save_class_prices(1, 0, ''''[]'''')'')', :staff)
    ),
    '42501', 'staff that are no managers'
);
select is(
    (select count(*) from pricing.class_prices), 0::bigint, 'nothing was written by any of them'
);
select pg_temp.saved(
    :manager, '0', jsonb_build_array(pg_temp.row(:flat), pg_temp.row(:other))
) as answer \gset
select is(
    :'answer'::jsonb,
    jsonb_build_object(
        'version', 1, 'rows', jsonb_build_array(pg_temp.row(:flat), pg_temp.row(:other))
    ),
    'what was saved is answered in the form that is taken'
);
select is(
    pg_temp.saved(:manager, '1', :'answer'::jsonb -> 'rows'), :'answer'::jsonb,
    'saved again as it is, it stays as it is, and so does the version'
);
select is(
    tests.as_staff(:staff, '(select sum(p.amount_minor) from api.class_prices as p)'), '60000',
    'staff see them'
);

-- Sold: fixed for that class, and for no other.
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :flat)) as registration \gset
select is(
    pg_temp.refusal(:manager, jsonb_build_array(pg_temp.row(:other)), '1'), 'class_sold',
    'the price of a class with live enrollments is fixed'
);
select is(
    pg_temp.saved(
        :manager, '1',
        jsonb_build_array(pg_temp.row(:flat), pg_temp.row(:other, '{"amount_minor": 1}'))
    ) -> 'version',
    '2', 'that of another class is not'
);
select is(
    pg_temp.saved(
        :manager, '2', jsonb_build_array(pg_temp.row(:flat, '{"reason": "two years"}'))
    ) -> 'rows',
    jsonb_build_array(pg_temp.row(:flat, '{"reason": "two years"}')),
    'nor are the words of the first'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) as gone \gset
select is(
    pg_temp.saved(:manager, '3', '[]') -> 'rows', '[]', 'with the enrollment it is free again'
);
select is(
    (
        select array_agg(
            (p.amount_minor, p.version, p.superseded_at is null, p.set_by = :manager)::text
            order by p.version, p.amount_minor desc
        )
        from pricing.class_prices as p
    ),
    array['(30000,1,f,t)', '(30000,1,f,t)', '(30000,2,f,t)', '(1,2,f,t)'],
    'every version is kept, with who set it'
);
select * from finish();
rollback;
