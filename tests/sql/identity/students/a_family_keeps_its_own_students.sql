begin;
set local search_path = tap, public;
select plan(19);
select tests.family() as family \gset
select tests.family('Stranger') as stranger \gset
select tests.as_family(
    :family, 'api.add_student('' Mary  Ann '', ''Rivera'', ''2015-02-28'')'
) as student \gset
select is(
    (
        select (s.family_id, s.first_name, s.birth_date)::text from identity.students as s
        where s.id = :student
    ),
    row(:family::bigint, 'Mary Ann'::text, date '2015-02-28')::text,
    'a student is added, with single spaces'
);
select is(
    tests.family_error_code(:family, 'api.add_student(' || r.arguments || ')'), r.code, r.what
)
from (
    values
    ('null, ''R'', ''2015-01-01''', 'name_required', 'no first name'),
    ('''A'', ''  '', ''2015-01-01''', 'name_required', 'a blank last name'),
    ('''A'', ''R'', null', 'invalid_birth_date', 'no birth date'),
    ('''A'', ''R'', ''1899-12-31''', 'invalid_birth_date', 'a birth date too long ago'),
    ('''A'', ''R'', ''infinity''', 'invalid_birth_date', 'a birth date that never comes'),
    ('''A'', ''R'', ''2015-02-30''', 'invalid_birth_date', 'a day that does not exist'),
    ('''A'', ''R'', ''2015-13-01''', 'invalid_birth_date', 'a month that does not exist'),
    ('''A'', ''R'', ''02/03/2015''', 'invalid_birth_date', 'a date that may be read in two ways'),
    (
        '''A'', ''R'', (now() + interval ''2 days'')::date::text', 'invalid_birth_date',
        'a birth date to come'
    )
) as r (arguments, code, what);
select tests.as_family(
    :family, format('api.update_student(%s, last_name => ''Stone'')', :student)
) as nothing \gset
select is(
    (
        select (s.first_name, s.last_name, s.birth_date)::text from identity.students as s
        where s.id = :student
    ),
    '("Mary Ann",Stone,2015-02-28)', 'what is left out stays'
);
select is(
    tests.family_error_code(
        :stranger, format('api.update_student(%s, ''Eve'')', :student)
    ), 'student_not_found', 'another family can not change it'
);
select is(
    tests.family_error_code(:family, format('api.update_student(%s, '' '')', :student)),
    'name_required', 'a blank is no change'
);
select is(
    tests.as_family(:stranger, '(select count(*) from api.students)'), '0',
    'another family does not see it'
);
select tests.worker() as staff \gset
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :staff, 'api.add_student(''A'', ''B'', ''2015-01-01'')'
        )
    ),
    'family_required', 'staff say for which family'
);
select isnt(
    tests.as_staff(
        :staff, 'api.add_student(''A'', ''B'', ''2015-01-01'')', :family
    ), null, 'and may then add one'
);
-- Today is the studio's today.
select is(
    tests.error_code(
        format(
            'select tests.value(%L)',
            'identity.clean_birth_date(''' || d.birth_date || ''', ''' || d.at || ''')'
        )
    ),
    d.code, d.what
)
from (
    values
    ('2027-01-15', '2027-01-16 04:30Z', null, 'born today, at half past eleven in the evening'),
    (
        '2027-01-16', '2027-01-16 04:30Z', 'invalid_birth_date',
        'born tomorrow, though it is that day in UTC'
    ),
    ('2027-01-16', '2027-01-16 05:00Z', null, 'born today, at midnight')
) as d (birth_date, at, code, what);
select * from finish();
rollback;
