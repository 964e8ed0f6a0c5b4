begin;
set local search_path = tap, public;
select plan(13);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family) as student, tests.section('Asks', '{1}') as section \gset
select tests.require(:section, '{"kind": "division"}') as rule \gset
create function pg_temp.finding(p_student bigint, p_section bigint) returns jsonb language sql as $$
    select tests.as_family(
        tests.family_of_cart(c.id), format('api.check_cart(%s)', c.id)
    ) -> 0
    from (select tests.open_cart(p_student)) as c (id)
$$;
select tests.cart(:student, :section) as cart \gset
select is(
    pg_temp.finding(:student, :section) #>> '{details,missing,fact}', 'grade',
    'nobody knows: the grade is what is missing'
);
select is(
    pg_temp.finding(:student, :section) #> '{details,fix}',
    '{"code": "update_student", "facts": ["grade"]}', 'and what would help'
);
select tests.as_family(:family, format('api.update_student(%s, grade => 3)', :student)) as n \gset
select is(
    pg_temp.finding(:student, :section) #>> '{details,missing,fact}', 'division', 'of another one'
);
select tests.as_family(:family, format('api.update_student(%s, grade => 4)', :student)) as n \gset
select is(pg_temp.finding(:student, :section), null, 'the grade says it');
select tests.as_staff(:staff, format('api.place_student(%s, ''junior'')', :student)) as n \gset
select is(
    pg_temp.finding(:student, :section) ->> 'code', 'division_not_met', 'staff say it before the grade'
);
select tests.as_staff(:staff, format('api.place_student(%s, ''senior'')', :student)) as n \gset
select is(pg_temp.finding(:student, :section), null, 'and may change their mind');
select is(
    tests.as_family(:family, '(select count(*) from api.placements)'), '1', 'the family sees it'
);
select tests.as_staff(:staff, format('api.place_student(%s, null)', :student)) as n \gset
select is((select count(*) from enrollment.placements), 0::bigint, 'or leave it to the grade');
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, r.call)), r.code, r.call
)
from (
    values
    ('api.place_student(0, ''senior'')', 'student_not_found'),
    (format('api.place_student(%s, ''none'')', :student), 'division_unknown')
) as r (call, code);
-- What a family says of its students.
select is(
    tests.family_error_code(:family, format('api.update_student(%s, grade => 13)', :student)),
    'invalid_grade', 'a grade that is none'
);
select is(
    tests.family_error_code(:family, 'api.add_student(''A'', ''B'', ''2015-01-01'', gender => ''x'')'),
    'invalid_gender', 'a word that is none'
);
select is(
    tests.as_family(:family, format('(select s.grade from api.students as s where s.id = %s)', :student)),
    '4', 'what is left out stays'
);
select * from finish();
rollback;
