begin;
set local search_path = tap, public;
select plan(27);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
-- Names that need quotes.
select tests.run(
    format(
        $$insert into studio.locations (studio_id, name, address)
        values (auth.studio_id(), %L, '3 Third Street');
        insert into pricing.rates
        (studio_id, term_id, division_id, location_id, weekly_count, amount_minor)
        select d.studio_id, %s, d.id, l.id, 1, 77599
        from catalog.divisions as d
        inner join studio.locations as l on d.studio_id = l.studio_id and l.name = %1$L
        where d.studio_id = auth.studio_id() and d.code = 'junior'$$,
        'Third, "the Loft"', :term
    )
);
create function pg_temp.imported(p_manager bigint, p_version integer, p_csv text) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager, format('api.import_rates_csv(%s, %s, %L)', tests.term(), p_version, p_csv),
        p_role => 'manager'
    )
$$;
create function pg_temp.refusal(p_manager bigint, p_csv text) returns text
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.imported(%s, 0, %L)', p_manager, p_csv)
    );
begin
    perform tests.act_as_operator();
    return concat_ws(
        ' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'row',
        (v_error ->> 'details')::jsonb ->> 'column'
    );
end;
$$;
create temporary table before as select * from pricing.rates where term_id = :term;
create temporary table exported as
select tests.as_staff(:manager, format('api.rates_csv(%s)', :term)) #>> '{}' as csv;
select is(
    (select csv from exported),
    E'division,location,weekly_count,amount\r\n'
    'early_childhood,,1,394.11\r\n'
    'junior,,1,775.93\r\njunior,,2,1513.06\r\njunior,,3,2211.39\r\n'
    'senior,,1,796.43\r\nsenior,,2,1553.04\r\nsenior,,3,2269.83\r\n'
    'senior,,4,2946.80\r\nsenior,,5,3583.94\r\nsenior,,6,4181.26\r\n'
    'junior,"Third, ""the Loft""",1,775.99\r\n',
    'the published rate table, and a list of a location'
);
select is(
    (select pg_temp.imported(:manager, 0, csv) -> 'version' from exported), '0',
    'saved as it was written it is no new version'
);
select is(
    (select pg_temp.imported(:manager, 0, replace(csv, E'\r\n', E'\n')) -> 'version' from exported),
    '0', 'whatever its lines end with'
);
select set_eq(
    format('select * from pricing.rates where term_id = %s', :term), 'table before',
    'and changes no row'
);

-- Refused, with nothing written. Row 0 is the header; rows count from 1.
select is(pg_temp.refusal(:manager, v.csv), v.refusal, v.what)
from (
    values
    ('', 'rule_invalid 0', 'an empty file'),
    (E'junior,,1,775.93\n', 'rule_invalid 0', 'no header'),
    (E'division,weekly_count,amount\njunior,1,1\n', 'rule_invalid 0', 'another header'),
    (E'Division,location,weekly_count,amount\n', 'rule_invalid 0', 'a header with capitals')
) as v (csv, refusal, what);
select is(
    pg_temp.refusal(
        :manager, E'division,location,weekly_count,amount\njunior,,1,775.93\n' || v.line
    ),
    v.refusal, v.what
)
from (
    values
    ('junior,,2,20.125', 'rule_invalid 2 amount', 'half a cent'),
    ('junior,,2,20.120', 'rule_invalid 2 amount', 'more decimals than the currency has'),
    ('junior,,2,-1', 'rule_invalid 2 amount', 'less than nothing'),
    ('junior,,2,', 'rule_invalid 2 amount', 'no amount'),
    ('junior,,2,"1,513.06"', 'rule_invalid 2 amount', 'a comma in an amount'),
    ('junior,,2,$5', 'rule_invalid 2 amount', 'a sign of a currency'),
    ('junior,,2,1e3', 'rule_invalid 2 amount', 'a power'),
    ('junior,,2,.5', 'rule_invalid 2 amount', 'a point without a number before it'),
    ('junior,,two,1', 'rule_invalid 2 weekly_count', 'a word where a number must be'),
    ('junior,,1.5,1', 'rule_invalid 2 weekly_count', 'a day and a half'),
    ('junior,,0,1', 'rule_invalid 2 weekly_count', 'no day'),
    ('junior,2,1', 'rule_invalid 2', 'a field too few'),
    ('junior,,2,1,', 'rule_invalid 2', 'a field too many'),
    ('ballroom,,2,1', 'rule_invalid 2 division', 'a division that is not there'),
    ('junior,Nowhere,2,1', 'rule_invalid 2 location', 'a location that is not there'),
    ('junior,,1,775.93', 'rule_invalid 2 division', 'a rate twice'),
    ('junior,"Third,2,1', 'rule_invalid 2', 'a quote that never ends')
) as v (line, refusal, what);
select set_eq(
    format('select * from pricing.rates where term_id = %s', :term), 'table before',
    'none of them wrote anything'
);

-- Another currency has other decimals.
select is(
    tests.what_if(
        $$update studio.studios set currency = 'JPY' where id = auth.studio_id()$$,
        format(
            $$jsonb_build_array(
                pg_temp.imported(%1$s, 0, %2$L) #> '{rows,0,amount_minor}',
                tests.as_staff(%1$s, 'api.rates_csv(%3$s)'),
                pg_temp.refusal(%1$s, %2$L || '.5')
            )$$,
            :manager, E'division,location,weekly_count,amount\njunior,,1,77593', :term
        )
    ),
    jsonb_build_array(
        77593, E'division,location,weekly_count,amount\r\njunior,,1,77593\r\n',
        'rule_invalid 1 amount'
    ),
    'yen have none'
);
select * from finish();
rollback;
