begin;
set local search_path = tap, public;
select plan(26);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager, format('api.save_rates(%s, %s, %L)', tests.term(), p_version, p_rows),
        p_role => 'manager'
    )
$$;
create function pg_temp.refusal(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.save(%s, %s, %L)', p_manager, p_version, p_rows)
    );
begin
    perform tests.act_as_operator();
    return v_error;
end;
$$;
-- As staff read it.
create function pg_temp.shown(p_manager bigint) returns jsonb language sql as $$
    select tests.as_staff(
        p_manager,
        format(
            '(
                select jsonb_agg(to_jsonb(r) - ''{term_id,version,valid_from}''::text[])
                from api.rates as r where r.term_id = %s
            )', tests.term()
        ),
        p_role => 'manager'
    )
$$;
create temporary table before as select * from pricing.rates where term_id = :term;

select pg_temp.shown(:manager) as loaded \gset
select pg_temp.save(:manager, 0, :'loaded') as saved \gset
select is(:'saved'::jsonb -> 'version', '0', 'what is saved as it was read is no new version');
select set_eq(
    format('select * from pricing.rates where term_id = %s', :term), 'table before',
    'and changes no row'
);
select is(
    jsonb_array_length(:'saved'::jsonb -> 'rows'), jsonb_array_length(:'loaded'),
    'the answer has them all'
);
select is(
    pg_temp.save(:manager, 0, :'saved'::jsonb -> 'rows') -> 'rows', :'saved'::jsonb -> 'rows',
    'what was answered can be saved'
);

-- One rate changes, one ends, one is new, a location gets a list.
select jsonb_agg(
    case
        when r.value @> '{"division": "senior", "weekly_count": 1}'
            then r.value || '{"amount_minor": 80000}'
        else r.value
    end
)
|| '[
    {"division": "junior", "weekly_count": 4, "amount_minor": 290000},
    {"division": "junior", "location": "Downtown", "weekly_count": 1, "amount_minor": 77599}
]' as changed
from jsonb_array_elements(:'loaded') as r
where not r.value @> '{"division": "senior", "weekly_count": 6}' \gset
select pg_temp.save(:manager, 0, :'changed') as saved \gset
select is(:'saved'::jsonb -> 'version', '1', 'a change is a new version of the table');
select results_eq(
    format(
        $$select d.code, r.weekly_count::integer, l.name, r.amount_minor, r.version,
        r.superseded_at is null
        from pricing.rates as r
        inner join catalog.divisions as d on r.division_id = d.id
        left join studio.locations as l on r.location_id = l.id
        where r.term_id = %s and r.id not in (
            select b.id from before as b
            inner join pricing.rates as s on b.id = s.id and s.superseded_at is null
        )
        order by r.id$$, :term
    ),
    $$values
    ('senior', 1, null, 79643::bigint, 1, false),
    ('senior', 6, null, 418126, 1, false),
    ('senior', 1, null, 80000, 2, true),
    ('junior', 4, null, 290000, 1, true),
    ('junior', 1, 'Downtown', 77599, 1, true)$$,
    'what differs is superseded by its next version, what is left out ends, the rest stays'
);
select is(
    (select count(distinct v.at) from (
        select superseded_at as at from pricing.rates where term_id = :term
        union all
        select valid_from from pricing.rates where term_id = :term
        and id not in (select id from before)
    ) as v where v.at is not null), 1::bigint, 'all at one instant'
);
select is(
    :'saved'::jsonb -> 'rows' -> -1,
    '{"division": "junior", "location": "Downtown", "weekly_count": 1, "amount_minor": 77599}',
    'the answer is the new table, a location''s own list last'
);
select is(
    (select count(*) from ops.audit_log where entity = 'pricing.rates' and account_id = :manager),
    5::bigint, 'each change is on record with who made it'
);
-- A rate that comes back goes on counting its versions.
select is(
    pg_temp.save(
        :manager, 1,
        :'saved'::jsonb -> 'rows'
        || '[{"division": "senior", "weekly_count": 6, "amount_minor": 418126}]'
    ) -> 'version',
    '2', 'a rate that had ended is saved again'
);
select is(
    (select max(r.version) from pricing.rates as r
    where r.term_id = :term and r.weekly_count = 6),
    2, 'as its second version'
);

-- Refused, with nothing written.
create temporary table now_there as select * from pricing.rates where term_id = :term;
select is(
    pg_temp.refusal(:manager, 1, :'changed') ->> 'code', 'version_stale',
    'a table that somebody has saved since'
);
select is(
    (pg_temp.refusal(:manager, 1, '[]') ->> 'details')::jsonb, '{"version": 2}',
    'also when nothing is left of it'
);
select is(
    concat_ws(
        ' ',
        pg_temp.refusal(:manager, 2, :'loaded'::jsonb || v.row) ->> 'code',
        (pg_temp.refusal(:manager, 2, :'loaded'::jsonb || v.row) ->> 'details')::jsonb ->> 'row',
        (pg_temp.refusal(:manager, 2, :'loaded'::jsonb || v.row) ->> 'details')::jsonb
        ->> 'column'
    ),
    concat_ws(' ', 'rule_invalid', jsonb_array_length(:'loaded') + 1, v.name),
    v.what
)
from (
    values
    (jsonb '{"division": "ballroom", "weekly_count": 1, "amount_minor": 1}', 'division', 'a division that is not there'),
    ('{"division": "open", "weekly_count": 1, "amount_minor": 1}', 'division', 'a division of another studio'),
    ('{"division": "junior", "location": "Main Hall", "weekly_count": 1, "amount_minor": 1}', 'location', 'a location of another studio'),
    ('{"division": "junior", "weekly_count": 0, "amount_minor": 1}', 'weekly_count', 'no day a week'),
    ('{"division": "junior", "weekly_count": 1.5, "amount_minor": 1}', 'weekly_count', 'a day and a half'),
    ('{"division": "junior", "weekly_count": 9, "amount_minor": 20125.5}', 'amount_minor', 'half a cent'),
    ('{"division": "junior", "weekly_count": 9, "amount_minor": -1}', 'amount_minor', 'less than nothing'),
    ('{"division": "junior", "weekly_count": 9}', 'amount_minor', 'no amount'),
    ('{"division": "junior", "weekly_count": 1, "amount_minor": 1}', 'division', 'a rate twice')
) as v (row, name, what);
select set_eq(
    format('select * from pricing.rates where term_id = %s', :term), 'table now_there',
    'none of them wrote anything'
);
select is(
    tests.error(
        format(
            'select tests.as_staff(%s, %L, p_role => ''manager'')', :manager,
            format('api.save_rates(%s, 0, ''[]'')', tests.term('elmst'))
        )
    ) ->> 'code',
    'term_not_found', 'a term of another studio'
);
select tests.act_as_operator();
select is(
    pg_temp.save(:manager, 2, '[]') -> 'rows', '[]', 'a table may be emptied, too'
);
select tests.section('Unrated') as section \gset
select is(
    tests.what_if(
        'select 1',
        format('tests.quote(tests.cart(tests.student(tests.family()), %s))', :section)
    ) -> 'total_minor',
    '91643', 'what was valid at the instant of the quote still is'
);
select * from finish();
rollback;
