begin;
set local search_path = tap, public;
select plan(19);
select tests.worker() as staff \gset
select tests.worker('instructor') as instructor \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.student(tests.family('Elm', 'elmst')) as foreign_student \gset
select tests.section('Overridden') as section \gset
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst') as foreign_section \gset

create function pg_temp.refusal(staff bigint, arguments text) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', staff, 'api.set_price_override(' || arguments || ')'
        )
    )
$$;
select is(
    pg_temp.refusal(:staff, format('%s, %s, -1, ''less''', :student, :section)),
    'override_invalid', 'less than nothing'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, null, ''none''', :student, :section)),
    'override_invalid', 'no amount, where there is none to withdraw'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, '' ''', :student, :section)),
    'override_invalid', 'a blank reason'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, null', :student, :section)),
    'override_invalid', 'no reason'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, ''why''', :foreign_student, :section)),
    'student_not_found', 'a student of another studio'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, ''why''', :student, :foreign_section)),
    'section_not_found', 'a section of another studio'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L, %s)', :staff,
            format('api.set_price_override(%s, %s, 100, ''why'')', :student, :section),
            tests.family('Another')
        )
    ),
    'student_not_found', 'a student of another family than the one staff act for'
);
select is(
    tests.family_error_code(
        :family, format('api.set_price_override(%s, %s, 100, ''why'')', :student, :section)
    ),
    '42501', 'a family'
);
select tests.act_as('instructor', tests.claims(:instructor, 'instructor'));
select tests.error_code(
    format('select api.set_price_override(%s, %s, 100, ''why'')', :student, :section)
) as code \gset
select tests.act_as_operator();
select is(:'code'::text, '42501', 'an instructor');
select is(
    (select count(*) from pricing.overrides where student_id = :student), 0::bigint,
    'nothing was written by any of them'
);

select tests.as_staff(
    :staff, format('api.set_price_override(%s, %s, 100, '' injured '')', :student, :section)
) as override \gset
select is(
    (select (o.amount_minor, o.reason, o.set_by, o.family_id)::text
    from pricing.overrides as o where o.id = :override),
    row(100::bigint, 'injured'::text, :staff::bigint, :family::bigint)::text,
    'who, for whom, how much and why are kept'
);
select tests.as_staff(
    :staff, format('api.set_price_override(%s, %s, 200, ''better'')', :student, :section)
) as second \gset
select is(
    (
        select array_agg(o.superseded_at is null order by o.id) from pricing.overrides as o
        where o.student_id = :student
    ),
    '{f,t}', 'a second one supersedes the first'
);
select is(
    (select count(*) from ops.audit_log where entity = 'pricing.overrides' and account_id = :staff),
    3::bigint, 'both and the end of the first are in the audit log'
);
select tests.as_staff(
    :staff, format('api.set_price_override(%s, %s, null, ''a mistake'')', :student, :section)
) as withdrawn \gset
select is(
    (
        select array_agg(o.superseded_at is null order by o.id) from pricing.overrides as o
        where o.student_id = :student
    ),
    '{f,f}', 'no amount withdraws it'
);
select tests.cart(:student, :section) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'senior'), 79643::bigint, 'and the usual price counts again'
);

-- What is sold stays as it was sold: the price of the next class counts on it.
select tests.held(:cart) as registration \gset
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, ''why''', :student, :section)),
    'checkout_open', 'a seat that is held was priced already'
);
select tests.lapse(:registration);
select is(
    pg_temp.refusal(:staff, format('%s, %s, 100, ''why''', :student, :section)),
    null, 'a hold that has lapsed was not sold'
);
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.refusal(:staff, format('%s, %s, 200, ''why''', :student, :section)),
    'already_enrolled', 'a class that is paid'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, null, ''why''', :student, :section)),
    'already_enrolled', 'whose override can''t be withdrawn either'
);
select * from finish();
rollback;
