begin;
set local search_path = tap, public;
select plan(58);
select tests.worker('manager') as manager, tests.worker() as staff, tests.term() as term \gset
select tests.section('Asks', '{1}') as section, tests.section('Beside', '{2}') as beside \gset
create function pg_temp.save(p_manager bigint, p_term bigint, p_version integer, p_rows jsonb)
returns jsonb language sql as $$
    select tests.as_manager(
        p_manager, format('api.save_requirements(%L, %s, %L)', p_term, p_version, p_rows)
    )
$$;
create function pg_temp.refusal(p_manager bigint, p_rows jsonb, p_term bigint default tests.term())
returns text language sql as $$
    select concat_ws(
        ' ', e.error ->> 'code', (e.error ->> 'details')::jsonb ->> 'row',
        (e.error ->> 'details')::jsonb ->> 'column', (e.error ->> 'details')::jsonb ->> 'other_row'
    )
    from tests.error(
        format('select pg_temp.save(%s, %L, 0, %L)', p_manager, p_term, p_rows)
    ) as e (error)
$$;
create temporary table before as select * from catalog.requirements;
select is(pg_temp.refusal(:manager, r.rows), r.refusal, r.rows::text)
from (
    values
    (jsonb '"x"', 'rule_invalid 0'),
    ('[{"kind": "luck", "code": "a", "enforcement": "off"}]', 'requirement_kind_unknown 1'),
    ('[{"code": "a", "enforcement": "off"}]', 'rule_invalid 1 kind'),
    ('[{"kind": "audition", "enforcement": "off"}]', 'rule_invalid 1 code'),
    ('[{"kind": "audition", "code": "a", "enforcement": "maybe"}]', 'rule_invalid 1 enforcement'),
    ('[{"kind": "schedule_conflict", "code": "a", "enforcement": "off"}]',
    'rule_invalid 1 enforcement'),
    ('[{"kind": "schedule_conflict", "code": "a", "enforcement": "soft_warn"}]',
    'rule_invalid 1 enforcement'),
    ('[{"kind": "audition", "code": "a", "enforcement": "off", "class": "None"}]',
    'rule_invalid 1 class'),
    ('[{"kind": "audition", "code": "a", "enforcement": "off", "valid_from": "2030-01-01",
    "valid_until": "2030-01-01"}]', 'rule_invalid 1 valid_until'),
    ('[{"kind": "audition", "code": "a", "enforcement": "off", "valid_from": "2030-02-30"}]',
    'rule_invalid 1 valid_from'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block"}]',
    'rule_invalid 1 lowest_age_months'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "lowest_grade": 1}]',
    'rule_invalid 1 lowest_age_months'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block",
    "lowest_age_years": 5, "highest_age_years": 4}]', 'rule_invalid 1 highest_age_months'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block",
    "lowest_grade": 5, "highest_grade": 4}]', 'rule_invalid 1 highest_grade'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block",
    "lowest_age_years": 5, "cutoff_month": 9}]', 'rule_invalid 1 cutoff_month'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block",
    "lowest_grade": 5, "cutoff_month": 9, "cutoff_day": 1}]', 'rule_invalid 1 cutoff_month'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block",
    "lowest_age_years": 5, "cutoff_month": 2, "cutoff_day": 29}]', 'rule_invalid 1 cutoff_day'),
    ('[{"kind": "age_or_grade", "code": "a", "enforcement": "hard_block", "lowest_grade": 13}]',
    'rule_invalid 1 lowest_grade'),
    ('[{"kind": "gender", "code": "a", "enforcement": "hard_block"}]', 'rule_invalid 1 gender'),
    ('[{"kind": "gender", "code": "a", "enforcement": "hard_block", "gender": "boy"}]',
    'rule_invalid 1 gender'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "gender": "male"}]',
    'rule_invalid 1 gender'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "division": "senior"}]',
    'rule_invalid 1 division'),
    ('[{"kind": "division", "code": "a", "enforcement": "hard_block", "division": "none"}]',
    'rule_invalid 1 division'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "counts_itself": true}]',
    'rule_invalid 1 counts_itself'),
    ('[{"kind": "corequisite", "code": "a", "enforcement": "hard_block"}]',
    'rule_invalid 1 options'),
    ('[{"kind": "corequisite", "code": "a", "enforcement": "off", "options": [{}]}]',
    'rule_invalid 1 options'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "options": [{}]}]',
    'rule_invalid 1 options'),
    ('[{"kind": "prerequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"class": "X", "discipline": "tap"}]}]', 'rule_invalid 1 options'),
    ('[{"kind": "prerequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"level": 2}]}]', 'rule_invalid 1 options'),
    ('[{"kind": "prerequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"division": "none"}]}]', 'rule_invalid 1 options'),
    ('[{"kind": "prerequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"count": 0}]}]', 'rule_invalid 1 options'),
    ('[{"kind": "prerequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"luck": 1}]}]', 'rule_invalid 1 options'),
    ('[{"kind": "corequisite", "code": "a", "enforcement": "hard_block",
    "options": [{"class": "None"}]}]', 'rule_invalid 1 options'),
    -- one column, twice the same code
    ('[{"kind": "audition", "code": "a", "enforcement": "off"},
    {"kind": "gender", "code": "a", "enforcement": "off"}]', 'rule_invalid 2 code'),
    -- what can't hold together
    ('[{"kind": "audition", "code": "a", "enforcement": "off"},
    {"kind": "audition", "code": "b", "enforcement": "hard_block"}]',
    'requirements_contradict 2 1'),
    ('[{"kind": "audition", "code": "a", "enforcement": "hard_block", "valid_until": "2030-01-02"},
    {"kind": "audition", "code": "b", "enforcement": "soft_warn", "valid_from": "2030-01-01"}]',
    'requirements_contradict 2 1'),
    ('[{"kind": "corequisite", "code": "a", "enforcement": "hard_block", "options": [{}]},
    {"kind": "corequisite", "code": "b", "enforcement": "off"}]', 'requirements_contradict 2 1'),
    ('[{"kind": "corequisite", "code": "a", "class": "Asks", "enforcement": "hard_block",
    "options": [{"class": "Asks"}]}]', 'requirements_contradict 1 1')
) as r (rows, refusal);
select is(pg_temp.refusal(:manager, '[]', 0), 'term_not_found', 'a term that is not there');
select is(
    pg_temp.refusal(:manager, '[{"kind": "audition", "code": "a", "class": "Asks",
    "enforcement": "off"}]', null), 'rule_invalid 1 class', 'the studio''s own are of no class'
);
select set_eq('select * from catalog.requirements', 'table before', 'nothing is written by them');
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.save_requirements(1, 0, ''''[]'''')'')', :staff)),
    '42501', 'it is for managers'
);

select pg_temp.save(
    :manager, :term, 0,
    '[{"kind": "age_or_grade", "code": "age", "class": "Asks", "enforcement": "soft_warn",
    "lowest_age_years": 3, "highest_age_years": 5, "cutoff_month": 9, "cutoff_day": 1},
    {"kind": "corequisite", "code": "beside", "class": "Asks", "enforcement": "hard_block",
    "options": [{"alternative": 2, "class": "Beside"}, {"discipline": "tap", "level": 2, "count": 2}]},
    {"kind": "corequisite", "code": "beside_too", "class": "Asks", "enforcement": "hard_block",
    "options": [{"division": "senior"}]},
    {"kind": "audition", "code": "early", "enforcement": "off", "valid_until": "2030-01-01"},
    {"kind": "audition", "code": "late", "enforcement": "hard_block",
    "valid_from": "2030-01-01", "is_waivable": false}]'
) as saved \gset
select is(:'saved'::jsonb -> 'version', '1', 'the set has its first version');
select is(
    jsonb_path_query_first(:'saved', '$.rows[*] ? (@.code == "age")'),
    '{"code": "age", "class": "Asks", "kind": "age_or_grade", "enforcement": "soft_warn",
    "is_waivable": true, "valid_from": null, "valid_until": null, "lowest_age_months": 36,
    "highest_age_months": 71, "cutoff_month": 9, "cutoff_day": 1, "cutoff_year": 0,
    "lowest_grade": null, "highest_grade": null, "gender": null, "division": null,
    "counts_itself": false, "options": []}', 'years are months'
);
select is(
    jsonb_path_query_first(:'saved', '$.rows[*] ? (@.code == "beside").options'),
    '[{"alternative": 1, "class": null, "discipline": "tap", "level": 2, "division": null,
    "count": 2}, {"alternative": 2, "class": "Beside", "discipline": null, "level": null,
    "division": null, "count": 1}]', 'alternatives are in their order'
);
select is(
    (select count(*) from catalog.requirements as r where r.term_id = :term
    and r.superseded_at is null), 5::bigint, 'what was left out has ended'
);
select is(
    (select count(*) from catalog.requirements as r where r.term_id = :term
    and r.superseded_at is not null), (select count(*) from before), 'and is kept'
);
select is(
    (select (r.set_version, r.set_by)::text from catalog.requirements as r
    where r.code = 'age' and r.superseded_at is null), format('(1,%s)', :manager), 'with who and when'
);
select is(
    tests.error_code(format('select pg_temp.save(%s, %s, 0, ''[]'')', :manager, :term)),
    'version_stale', 'who comes second is told so'
);
select is(
    pg_temp.save(:manager, :term, 1, :'saved'::jsonb -> 'rows'), :'saved'::jsonb,
    'saved as it was read, nothing changes'
);
-- Months win over years.
select is(
    jsonb_path_query_first(pg_temp.save(
        :manager, :term, 1, '[{"kind": "age_or_grade", "code": "age", "enforcement": "hard_block",
        "lowest_age_years": 3, "lowest_age_months": 30}]'
    ), '$.rows[0].lowest_age_months'), '30', 'months win over years'
);
select is(
    (select r.version from catalog.requirement_sets as r where r.term_id = :term), 2,
    'a second version'
);
select is(
    tests.as_staff(:staff, format('(select s.version from api.requirement_sets as s where s.term_id = %s)', :term)),
    '2', 'which staff read'
);
select is(
    tests.as_anybody(format('(select jsonb_agg(jsonb_build_array(r.code, r.kind, r.lowest_age_months))
        from api.requirements as r where r.term_id = %s)', :term)),
    '[["age", "age_or_grade", 30]]', 'anybody reads what classes ask for'
);
-- The studio's own, beside those of the term.
select pg_temp.save(:manager, null, 0, '[{"kind": "balance_owed", "code": "debts",
    "enforcement": "hard_block"}]') as n \gset
select is(
    (select count(*) from catalog.requirements as r where r.superseded_at is null
    and r.term_id is null), 1::bigint, 'the whole studio has a set of its own'
);
select is(
    (select count(*) from catalog.requirements as r where r.superseded_at is null
    and r.term_id = :term), 1::bigint, 'the term''s is left alone'
);
select is(
    tests.error_code('update catalog.requirements set code = ''x'''), 'rule_is_versioned',
    'a row is never edited'
);
select is(
    tests.error_code('delete from catalog.requirements'), 'rule_is_versioned', 'nor deleted'
);
select * from finish();
rollback;
