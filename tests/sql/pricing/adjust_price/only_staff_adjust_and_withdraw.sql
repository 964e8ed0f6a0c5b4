begin;
set local search_path = tap, public;
select plan(26);
select tests.worker() as staff \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.student(tests.family('Elm', 'elmst')) as foreign_student \gset
select tests.section('Adjusted') as section \gset
select tests.term() as term \gset
create function pg_temp.refusal(staff bigint, arguments text, family bigint default null)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L, %L)',
            staff, 'api.adjust_price(' || arguments || ')', family
        )
    )
$$;
select is(
    pg_temp.refusal(:staff, format(w.arguments, :term, :student)), 'adjustment_invalid', w.what
)
from (
    values
    ('%s, %s, ''other'', ''Label'', 0, ''why''', 'nothing'),
    ('%s, %s, ''other'', ''Label'', null, ''why''', 'no amount'),
    ('%s, %s, ''other'', ''Label'', -100000000000, ''why''', 'too much'),
    ('%s, %s, ''present'', ''Label'', 1, ''why''', 'another kind'),
    ('%s, %s, null, ''Label'', 1, ''why''', 'no kind'),
    ('%s, %s, ''other'', '' '', 1, ''why''', 'a blank label'),
    ('%s, %s, ''other'', null, 1, ''why''', 'no label'),
    ('%s, %s, ''other'', ''Label'', 1, '' ''', 'a blank reason')
) as w (arguments, what);
select is(
    pg_temp.refusal(:staff, format('0, %s, ''other'', ''Label'', 1, ''why''', :student)),
    'term_not_found', 'no such term'
);
select is(
    pg_temp.refusal(:staff, format('%s, %s, ''other'', ''L'', 1, ''why''', :term, :foreign_student)),
    'student_not_found', 'a student of another studio'
);
select is(
    pg_temp.refusal(
        :staff, format('%s, %s, ''other'', ''Label'', 1, ''why''', :term, :student),
        tests.family('Another')
    ),
    'student_not_found', 'a student of another family than the one staff act for'
);
select is(
    pg_temp.refusal(:staff, format('%s, null, ''other'', ''Label'', 1, ''why''', :term)),
    'family_required', 'neither a student nor a family'
);
select is(
    tests.family_error_code(
        :family, format('api.adjust_price(%s, %s, ''other'', ''L'', 1, ''why'')', :term, :student)
    ),
    '42501', 'a family'
);
select is(
    (select count(*) from pricing.adjustments), 0::bigint, 'nothing was written by any of them'
);
select tests.as_staff(
    :staff,
    format(
        'api.adjust_price(%s, %s, ''tuition_adjustment'', '' Sorry '', -100, ''  hurt '')', :term,
        :student
    )
) as adjustment \gset
select is(
    (
        select
            (a.family_id, a.term_id, a.student_id, a.kind, a.label, a.amount_minor, a.reason,
            a.set_by, a.status)::text
        from pricing.adjustments as a where a.id = :adjustment
    ),
    row(
        :family::bigint, :term::bigint, :student::bigint, 'tuition_adjustment'::text, 'Sorry'::text,
        -100, 'hurt'::text, :staff::bigint, 'open'::text
    )::text,
    'for whom, when, what, how much, why and by whom are kept'
);

create function pg_temp.withdrawal(staff bigint, adjustment bigint, reason text)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', staff,
            format('api.withdraw_adjustment(%s, %L)', adjustment, reason)
        )
    )
$$;
select is(
    pg_temp.withdrawal(:staff, :adjustment, ' '), 'adjustment_invalid', 'a blank reason'
);
select is(pg_temp.withdrawal(:staff, 0, 'why'), 'adjustment_not_found', 'no such adjustment');
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, ''api.withdraw_adjustment(%s, ''''why'''')'', %s)',
            :staff, :adjustment, tests.family('Another')
        )
    ),
    'adjustment_not_found', 'one of another family than the one staff act for'
);
select is(
    tests.family_error_code(
        :family, format('api.withdraw_adjustment(%s, ''why'')', :adjustment)
    ),
    '42501', 'a family'
);
select tests.cart(:student, :section) as cart \gset
select tests.held(:cart) as registration \gset
select is(
    pg_temp.withdrawal(:staff, :adjustment, 'why'), 'checkout_open', 'one that a checkout holds'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) as gone \gset
select is(
    pg_temp.withdrawal(:staff, :adjustment, ' mistake '), null, 'given back, it can be withdrawn'
);
select is(
    (select a.status || ' ' || a.withdrawal_reason from pricing.adjustments as a
    where a.id = :adjustment),
    'withdrawn mistake', 'with the reason'
);
select is(tests.total(:cart), 91643::bigint, 'and is in no price');
select is(
    pg_temp.withdrawal(:staff, :adjustment, 'why'), 'adjustment_closed', 'once'
);
select tests.as_staff(
    :staff,
    format('api.adjust_price(%s, %s, ''other'', ''L'', -91643, ''why'')', :term, :student)
) as used \gset
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.withdrawal(:staff, :used, 'why'), 'adjustment_closed', 'what is used stays used'
);
select is(
    (
        select string_agg(l.action, ' ' order by l.id) from ops.audit_log as l
        where l.entity = 'pricing.adjustments' and l.entity_id = :adjustment
    ),
    'insert update update update', 'all that became of it is in the audit log'
);
select * from finish();
rollback;
