-- Which price counted at an instant has one answer, whoever wrote the rows.
begin;
set local search_path = tap, public;
select plan(20);
select tests.worker() as staff \gset
select tests.student(tests.family()) as student \gset
select tests.override(:staff, :student, tests.section('Once'), 100) as override \gset

-- A copy of a table's live rows, of the general list, with some columns changed.
create function pg_temp.copied(rules text, changes jsonb) returns text language sql as $$
    select tests.error(
        format(
            'select tests.run(%L)',
            format(
                $sql$
                insert into pricing.%1$I overriding user value
                select (jsonb_populate_record(r, '{"version": 7}'::jsonb || %2$L)).*
                from pricing.%1$I as r
                where
                    r.studio_id = auth.studio_id()
                    and r.superseded_at is null
                    and to_jsonb(r) ->> 'location_id' is null
                $sql$,
                rules, changes
            )
        )
    ) ->> 'details'
$$;
select is(
    pg_temp.copied(t.rules, jsonb_build_object('superseded_at', now() + interval '1 day')),
    t.rules || '_one_at_a_time', t.rules || ': a second version until tomorrow'
)
from (
    values
    ('rates'), ('program_prices'), ('fee_rules'), ('family_discounts'), ('payment_plans'),
    ('overrides')
) as t (rules);
select is(
    pg_temp.copied(
        t.rules, jsonb_build_object('valid_from', '2000-01-01', 'superseded_at', now())
    ),
    t.rules || '_one_at_a_time', t.rules || ': a version of the past that ends too late'
)
from (
    values
    ('rates'), ('program_prices'), ('fee_rules'), ('family_discounts'), ('payment_plans'),
    ('overrides')
) as t (rules);
select is(
    pg_temp.copied(
        t.rules, jsonb_build_object('valid_from', '2000-01-01', 'superseded_at', '2000-01-02')
    ),
    null, t.rules || ': a version of another time'
)
from (
    values
    ('rates'), ('program_prices'), ('fee_rules'), ('family_discounts'), ('payment_plans'),
    ('overrides')
) as t (rules);

-- A list of a location is beside the general one; it is one of its own.
select l.id as location from studio.locations as l where l.name = 'Downtown' \gset
select is(
    pg_temp.copied(
        'rates', jsonb_build_object('location_id', :location, 'valid_from', now())
    ),
    null, 'the same rates at a location'
);
select is(
    pg_temp.copied(
        'rates',
        jsonb_build_object(
            'location_id', :location, 'version', 8, 'superseded_at', now() + interval '1 day'
        )
    ),
    'rates_one_at_a_time', 'but not twice'
);
select * from finish();
rollback;
