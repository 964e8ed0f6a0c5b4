begin;
set local search_path = tap, public;
select plan(12);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager,
        format('api.save_program_prices(%s, %s, %L)', tests.term(), p_version, p_rows),
        p_role => 'manager'
    )
$$;
create function pg_temp.refusal(p_manager bigint, p_rows jsonb) returns text
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.save(%s, 0, %L)', p_manager, p_rows)
    );
begin
    perform tests.act_as_operator();
    return concat_ws(
        ' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'row',
        (v_error ->> 'details')::jsonb ->> 'column'
    );
end;
$$;
select tests.as_staff(
    :manager,
    format(
        '(
            select jsonb_agg(
                to_jsonb(p) - ''{term_id,version,valid_from}''::text[] order by p.program
            )
            from api.program_prices as p where p.term_id = %s
        )', :term
    ),
    p_role => 'manager'
) as loaded \gset
create temporary table before as select * from pricing.program_prices where term_id = :term;
select is(
    pg_temp.save(:manager, 0, :'loaded'), jsonb_build_object('version', 0, 'rows', :'loaded'::jsonb),
    'what is saved as it was read is no new version'
);
select is(
    pg_temp.refusal(:manager, v.rows), 'rule_invalid ' || v.place, v.what
)
from (
    values
    (jsonb '[{"program": "modern", "amount_minor": 1}]', '1 program', 'a program that is not there'),
    ('[{"program": "pointe", "amount_minor": 517.49}]', '1 amount_minor', 'half a cent'),
    ('[{"program": "pointe", "amount_minor": null}]', '1 amount_minor', 'no price'),
    (
        '[{"program": "pointe", "amount_minor": 1, "registration_fee_minor": -1}]',
        '1 registration_fee_minor', 'less than no fee'
    ),
    (
        '[{"program": "pointe", "amount_minor": 1}, {"program": "pointe", "amount_minor": 2}]',
        '2 program', 'two prices of one program'
    )
) as v (rows, place, what);
select set_eq(
    format('select * from pricing.program_prices where term_id = %s', :term), 'table before',
    'nothing was written by any of them'
);
select is(
    pg_temp.save(
        :manager, 0,
        '[
            {"program": "technique", "amount_minor": 71678},
            {"program": "pointe", "amount_minor": 52000, "registration_fee_minor": 0}
        ]'
    ),
    '{"version": 1, "rows": [
        {"program": "pointe", "amount_minor": 52000, "registration_fee_minor": 0},
        {"program": "technique", "amount_minor": 71678, "registration_fee_minor": null}
    ]}',
    'one is changed, some end'
);
select results_eq(
    format(
        $$select p.version, p.amount_minor, p.superseded_at is null
        from pricing.program_prices as p
        inner join catalog.programs as g on p.program_id = g.id
        where p.term_id = %s and g.code = 'pointe' order by p.version$$, :term
    ),
    'values (1, 51749::bigint, false), (2, 52000, true)', 'by its next version'
);
select is(
    tests.what_if(
        'select 1',
        format(
            'pg_temp.save(%s, 1, %L)', :manager,
            '[
                {"program": "technique", "amount_minor": 71678},
                {"program": "pointe", "amount_minor": 52000}
            ]'
        )
    ) -> 'version',
    '2', 'a registration fee that is gone is a change by itself'
);
select is(
    (
        select count(*) from pricing.program_prices as p inner join before as b on p.id = b.id
        where p.superseded_at is null
    ),
    1::bigint, 'what is unchanged stays as it is'
);
select is(
    (
        select count(distinct coalesce(p.superseded_at, p.valid_from))
        from pricing.program_prices as p
        where
            p.term_id = :term
            and (p.superseded_at is not null or p.version = 2)
    ),
    1::bigint, 'all at one instant'
);
select * from finish();
rollback;
