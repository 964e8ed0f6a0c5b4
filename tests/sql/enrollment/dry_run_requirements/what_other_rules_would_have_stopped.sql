begin;
set local search_path = tap, public;
select plan(11);
select tests.worker('manager') as manager, tests.worker() as staff, tests.term() as term \gset
select tests.section('Asks', '{1}') as section, tests.section('Other', '{2}') as other \gset
select s.class_id as class from catalog.sections as s where s.id = :section \gset
select tests.student(tests.family('One')) as one, tests.student(tests.family('Two')) as two \gset
select tests.student(tests.family('Three')) as three \gset
update identity.students set grade = 3 where id = :one;
update identity.students set grade = 9 where id = :two;
select tests.held(tests.cart(:one, :section)) as r_one, tests.held(tests.cart(:two, :section)) as r_two,
    tests.held(tests.cart(:three, :section, :other)) as r_three \gset
create function pg_temp.dry(p_manager bigint, p_rows jsonb) returns jsonb language sql as $$
    select tests.as_manager(
        p_manager, format('api.dry_run_requirements(%s, %L)', tests.term(), p_rows)
    )
$$;
create temporary table before as select * from catalog.requirements;
select is(
    pg_temp.dry(:manager, '[]'), '{"stopped": 0, "warned": 0, "findings": []}', 'no rules stop nobody'
);
select pg_temp.dry(
    :manager, '[{"kind": "audition", "code": "x", "class": "Other", "enforcement": "off"},
    {"kind": "age_or_grade", "code": "grade", "class": "Asks", "enforcement": "hard_block",
    "lowest_grade": 5}]'
) as answer \gset
select is(:'answer'::jsonb -> 'stopped', '2', 'the one that is too young, and the one nobody knows');
select is(
    (
        select jsonb_agg(f.value -> 'student_id' order by f.value -> 'student_id')
        from jsonb_array_elements(:'answer'::jsonb -> 'findings') as f
    ), jsonb_build_array(:one::bigint, :three::bigint), 'they are named'
);
select is(
    :'answer'::jsonb #> '{findings,0,row}', '2', 'with the row that stopped them'
);
select is(
    pg_temp.dry(
        :manager, '[{"kind": "age_or_grade", "code": "grade", "class": "Asks",
        "enforcement": "soft_warn", "lowest_grade": 5}]'
    ) - 'findings', '{"stopped": 0, "warned": 2}', 'a warning would only have warned'
);
select is(
    pg_temp.dry(
        :manager, '[{"kind": "corequisite", "code": "beside", "class": "Asks",
        "enforcement": "hard_block", "options": [{"class": "Other"}]}]'
    ) -> 'stopped', '2', 'what is enrolled beside it counts'
);
-- Rules of the whole studio go on; what is waived stops nobody.
select tests.require(:section, '{"kind": "gender", "gender": "male"}', 'studio') as rule \gset
select is(pg_temp.dry(:manager, '[]') -> 'stopped', '4', 'the studio''s own go on');
select tests.as_staff(:staff, format('api.grant_waiver(%s, ''gender'', ''why'', class_id => %s)',
    :one, :class)) as n \gset
select is(pg_temp.dry(:manager, '[]') -> 'stopped', '3', 'what is waived stops nobody');
select is(
    tests.error_code(format('select pg_temp.dry(%s, ''[{"kind": "luck", "code": "a"}]'')', :manager)),
    'requirement_kind_unknown', 'what can not be saved can not be tried'
);
select is(
    tests.error_code(format('select tests.as_manager(%s, ''api.dry_run_requirements(null, ''''[]'''')'')', :manager)),
    'term_not_found', 'a term is needed'
);
select set_eq(
    'select * from catalog.requirements where term_id is not null', 'table before',
    'nothing is written'
);
select * from finish();
rollback;
