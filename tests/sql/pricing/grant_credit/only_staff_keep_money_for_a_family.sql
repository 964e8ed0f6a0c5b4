begin;
set local search_path = tap, public;
select plan(13);
select tests.worker() as staff \gset
select tests.family() as family \gset
select tests.family('Elm', 'elmst') as foreign_family \gset
select tests.section('Granted') as section \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
create function pg_temp.refusal(staff bigint, arguments text, family bigint default null)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L, %L)',
            staff, 'api.grant_credit(' || arguments || ')', family
        )
    )
$$;
select is(
    pg_temp.refusal(:staff, format('%s, %s, ''why''', :family, w.amount)), 'credit_invalid', w.what
)
from (
    values ('0', 'nothing'), ('-1', 'less than nothing'), ('null', 'no amount'),
    ('100000000000', 'too much')
) as w (amount, what);
select is(
    pg_temp.refusal(:staff, format('%s, 100, '' ''', :family)), 'credit_invalid', 'a blank reason'
);
select is(
    pg_temp.refusal(:staff, format('%s, 100, ''why''', :foreign_family)), 'family_unknown',
    'a family of another studio'
);
select is(
    pg_temp.refusal(:staff, format('%s, 100, ''why''', :family), tests.family('Another')),
    'family_unknown', 'another family than the one staff act for'
);
select is(
    pg_temp.refusal(
        :staff, format('%s, 100, ''why'', %s', tests.family('Another'), :registration)
    ),
    'registration_not_found', 'a registration of another family'
);
select is(
    tests.family_error_code(:family, format('api.grant_credit(%s, 100, ''why'')', :family)),
    '42501', 'a family'
);
select is((select count(*) from pricing.credits), 0::bigint, 'nothing was written by any of them');
select tests.as_staff(
    :staff, format('api.grant_credit(%s, 100, '' injured  '', %s)', :family, :registration)
) as credit \gset
select is(
    (select (c.family_id, c.amount_minor, c.reason, c.issued_by, c.registration_id)::text
    from pricing.credits as c where c.id = :credit),
    row(:family::bigint, 100, 'injured'::text, :staff::bigint, :registration::bigint)::text,
    'for whom, how much, why, by whom and for what are kept'
);
select is(
    (select count(*) from ops.audit_log where entity = 'pricing.credits' and account_id = :staff),
    1::bigint, 'and in the audit log'
);
select is(
    tests.as_family(:family, '(select c.reason from api.credits as c)'), '"injured"',
    'the family reads why'
);
select * from finish();
rollback;
