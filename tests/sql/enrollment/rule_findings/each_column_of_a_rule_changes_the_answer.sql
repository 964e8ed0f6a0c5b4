-- A rule as it is, and then each of its columns alone on the other side.
begin;
set local search_path = tap, public;
select plan(34);
select tests.section('Asks', '{1}') as section \gset
select extract(year from t.starts_on)::integer as year from catalog.terms as t
where t.id = tests.term() \gset
-- 47 months old on the first of September of the term's year, 48 a day later.
select tests.student(tests.family(), p_birth_date => make_date(:year - 4, 9, 2)) as student \gset
update identity.students set grade = 3, gender = 'female' where id = :student;
select make_timestamptz(:year, 9, 1, 12, 0, 0, 'UTC') as then \gset

create function pg_temp.says(
    p_section_id bigint, p_student_id bigint, p_values jsonb, p_then timestamptz
)
returns text
language sql as $$
    select tests.rules_would_say(
        format('select tests.require(%s, %L)', p_section_id, p_values),
        p_student_id, array[p_section_id], p_then
    )
$$;
select is(
    pg_temp.says(:section, :student, r.rule || r.change, :'then'), r.codes,
    (r.rule ->> 'kind') || ' ' || r.change
)
from (
    values
    (jsonb '{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', jsonb '{}', 'age_not_met'),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"lowest_age_months": 47}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"cutoff_month": 10}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"cutoff_day": 2}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"cutoff_year": 1}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"lowest_grade": 3}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"lowest_grade": 4}', 'age_not_met'),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"highest_grade": 3}', ''),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"highest_grade": 2}', 'age_not_met'),
    ('{"kind": "age_or_grade", "lowest_age_months": 48, "cutoff_month": 9, "cutoff_day": 1,
    "cutoff_year": 0}', '{"enforcement": "off", "lowest_age_months": null, "cutoff_month": null,
    "cutoff_day": null, "cutoff_year": null}', ''),
    ('{"kind": "age_or_grade", "highest_age_months": 46}', '{}', 'age_not_met'),
    ('{"kind": "age_or_grade", "highest_age_months": 46}', '{"highest_age_months": 47}', ''),
    ('{"kind": "gender", "gender": "male"}', '{}', 'gender_not_met'),
    ('{"kind": "gender", "gender": "male"}', '{"gender": "female"}', ''),
    ('{"kind": "division"}', '{}', 'division_not_met'),
    ('{"kind": "division"}', '{"division": "junior"}', ''),
    ('{"kind": "parent_present"}', '{}', 'parent_present_required'),
    ('{"kind": "parent_present"}', '{"valid_from": "1999-01-01"}', 'parent_present_required'),
    ('{"kind": "parent_present"}', '{"valid_from": "9999-01-01"}', ''),
    ('{"kind": "parent_present"}', '{"valid_until": "1999-01-01"}', ''),
    ('{"kind": "parent_present"}', '{"kind": "teacher_approval"}', 'approval_required'),
    ('{"kind": "parent_present"}', '{"kind": "audition"}', 'audition_required'),
    ('{"kind": "parent_present"}', '{"kind": "balance_owed"}', ''),
    ('{"kind": "corequisite", "options": [{"count": 1}]}', '{}', 'corequisite_missing'),
    ('{"kind": "corequisite", "options": [{"count": 1}]}', '{"counts_itself": true}', ''),
    ('{"kind": "corequisite", "options": [{"count": 1}]}', '{"options": []}',
    'corequisite_missing'),
    ('{"kind": "corequisite", "options": [{"count": 1}]}',
    '{"kind": "prerequisite"}', 'prerequisite_missing')
) as r (rule, change, codes);

-- On the day of registration where there is no cut-off: the studio's day, also at half past
-- eleven at night, when it is the next day elsewhere.
select is(
    tests.rules_would_say(
        format(
            'select tests.require(%s, ''{"kind": "age_or_grade", "lowest_age_months": 48}'')',
            :section
        ),
        :student, array[:section],
        make_timestamptz(:year, 9, 1, 23, 30, 0, 'America/New_York') + r.later
    ),
    r.codes, r.what
)
from (
    values
    (interval '0', 'age_not_met', 'the evening before the birthday'),
    ('30 minutes', '', 'the birthday')
) as r (later, codes, what);
-- So do rules begin and end.
select is(
    tests.rules_would_say(
        format(
            'select tests.require(%s, ''{"kind": "audition", "valid_from": "%s-09-02",
            "valid_until": "%2$s-09-03"}'')', :section, :year
        ),
        :student, array[:section],
        make_timestamptz(:year, 9, 1, 23, 30, 0, 'America/New_York') + r.later
    ),
    r.codes, r.what
)
from (
    values
    (interval '0', '', 'the evening before a rule begins'),
    ('30 minutes', 'audition_required', 'its first minute'),
    ('24 hours', 'audition_required', 'half past eleven on its last day'),
    ('24 hours 30 minutes', '', 'the midnight at which it is over')
) as r (later, codes, what);
select is(
    tests.value(format('(select enrollment.eligibility_text(r) from catalog.requirements as r where r.id = %s)',
        tests.require(:section, '{"kind": "age_or_grade", "lowest_age_months": 36,
            "highest_age_months": 59, "cutoff_month": 9, "cutoff_day": 1, "cutoff_year": 0,
            "lowest_grade": 0}'))),
    '"children of 3 to 4 years on 1 September or kindergarten and above"', 'it can be read'
);
select * from finish();
rollback;
