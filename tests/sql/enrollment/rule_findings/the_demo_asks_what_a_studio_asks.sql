-- The example rules of the demo studio, each from both sides.
begin;
set local search_path = tap, public;
select plan(33);
select t.starts_on as begins, extract(year from t.starts_on)::integer as year
from catalog.terms as t where t.id = tests.term() \gset
select tests.family() as family \gset
create function pg_temp.say(
    p_family bigint, p_titles text[], p_grade integer, p_gender text, p_birth_date date
)
returns text
language plpgsql
as $$
declare
    v_student_id constant bigint := tests.student(p_family, p_birth_date => p_birth_date);
begin
    update identity.students set grade = p_grade, gender = p_gender where id = v_student_id;
    return tests.rules_say(
        v_student_id,
        array(
            select tests.demo_section(t.title)
            from unnest(p_titles) with ordinality as t (title, position) order by t.position
        )
    );
end;
$$;
select is(
    pg_temp.say(
        :family, r.titles::text [], r.grade, r.gender,
        (make_date(:year, 1, 1) - make_interval(months => r.months))::date
    ), r.codes, r.titles || coalesce(' ' || r.grade, '')
)
from (
    values
    ('{Open Ballet 4}', 6, 'female', 150, 'prerequisite_missing'),
    ('{Open Ballet 4}', 5, 'female', 150, 'age_not_met prerequisite_missing'),
    ('{Open Ballet 5}', 8, 'female', 150, 'approval_required prerequisite_missing'),
    ('{Open Intermediate Ballet}', 8, 'female', 150, 'corequisite_missing'),
    ('{Open Intermediate Ballet,Technique 1}', 8, 'female', 150, ''),
    ('{Graded Ballet 5}', 6, 'female', 150, 'approval_required corequisite_missing'),
    ('{Graded Ballet 5,Ballet 4}', 6, 'female', 150, 'approval_required'),
    ('{Advanced Intermediate Ballet,Ballet 4,Broadway 4}', 10, 'female', 150,
    'corequisite_missing'),
    ('{Advanced Intermediate Ballet,Ballet 4,Ballet 3,Broadway 4}', 10, 'female', 150, ''),
    ('{Advanced Intermediate Ballet,Ballet 4,Ballet 3,Contemporary 1}', 10, 'female', 150, ''),
    ('{Advanced Intermediate Ballet,Ballet 4,Ballet 3,Jazz 3}', 10, 'female', 150,
    'corequisite_missing'),
    ('{Broadway 3}', 5, 'female', 150, 'corequisite_missing'),
    ('{Broadway 3,Tap 3}', 5, 'female', 150, ''),
    ('{Broadway 4,Tap 3}', 7, 'female', 150, 'corequisite_missing'),
    ('{Broadway 4,Ballet 4}', 7, 'female', 150, ''),
    ('{Broadway 5,Ballet 4}', 8, 'female', 150, 'corequisite_missing'),
    ('{Broadway 5,Ballet 4,Ballet 3}', 8, 'female', 150, ''),
    ('{Broadway 5,Ballet 4,Tap 3}', 8, 'female', 150, ''),
    ('{Advanced Tap}', 9, 'female', 150, 'corequisite_missing'),
    ('{Advanced Tap,Hip-Hop 2}', 9, 'female', 150, ''),
    ('{Intermediate Hip-Hop}', 9, 'female', 150, 'corequisite_missing'),
    ('{Intermediate Hip-Hop,Jazz 3}', 9, 'female', 150, ''),
    ('{Contemporary 1}', 9, 'female', 150, 'corequisite_missing'),
    ('{Contemporary 2,Ballet 4}', 9, 'female', 150, ''),
    ('{Boys Breakdance 1}', 2, 'female', 90, 'gender_not_met'),
    ('{Boys Breakdance 2}', 2, 'male', 90, ''),
    ('{Boys Breakdance 2}', null, null, 90, 'gender_not_met'),
    ('{Intermediate Advanced Pointe,Ballet 4}', 9, 'female', 150, ''),
    ('{Intermediate Advanced Pointe}', 3, 'female', 150, 'corequisite_missing division_not_met')
) as r (titles, grade, gender, months, codes);
-- Ages on the first of September before the term, and those of the youngest on the day.
select is(
    pg_temp.say(:family, array[r.title], null, null, make_date(:year - 1 - r.years, 9, r.day)),
    r.codes, r.title || ' born on ' || r.day || ' September'
)
from (
    values
    ('Pre-Ballet 1', 3, 1, ''),
    ('Pre-Ballet 1', 3, 2, 'age_not_met'),
    ('Tap Intro', 4, 2, 'age_not_met')
) as r (title, years, day, codes);
select is(
    pg_temp.say(:family, '{First Steps}', null, null, (now() - interval '20 months')::date),
    'parent_present_required', 'First Steps: an adult is needed'
);
select * from finish();
rollback;
