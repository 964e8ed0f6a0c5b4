begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

-- The first argument of each call that makes an error: a case, or what ends at a comma or bracket.
create view tests.error_calls as
select
    f.entity as function,
    btrim(m.parts[1], E' \n') as code
from tests.own_functions as f
cross join lateral regexp_matches(
    f.body,
    '\mops\.(?:fail|counted_failure|error_response)\(\s*(case\M(?:(?!\mend\M).)*|[^,)]*)',
    'g'
) as m (parts);

-- Codes that stand in the call itself, alone or as branches of a case.
create view tests.raised_codes as
select c.function, m.parts[1] as code
from tests.error_calls as c
cross join lateral regexp_matches(
    c.code,
    case when c.code ~ '^case' then $$\m(?:then|else)\s+'([^']*)'$$ else $$^'([^']*)'$$ end,
    'g'
) as m (parts);

create view tests.unregistered_codes as
select r.function, r.code
from tests.raised_codes as r
where not exists (select from ops.error_register() as e where e.code = r.code);

select is_empty(
    'table tests.unregistered_codes', 'every code that a function raises is in the register'
);
select set_eq(
    $$
        select c.function
        from tests.error_calls as c
        where c.function not in (select r.function from tests.raised_codes as r)
        or c.code !~ $r$^('|case\M)$r$
    $$,
    array[
        -- the machinery itself
        'ops.counted_failure',
        'ops.fail',
        -- the findings, whose codes are written in the query that finds them
        'enrollment.cart_findings',
        'enrollment.refuse_findings',
        'enrollment.refuse_unacknowledged',
        -- the same of rules, in enrollment.unmet_requirements()
        'enrollment.rule_findings',
        'api.dry_run_requirements',
        -- why a seat can''t be offered, in enrollment.offer_seats()
        'api.assign_place',
        -- why a coupon is refused, in the query that judges it
        'pricing.coupon_lines',
        -- why a code may not be tried, in pricing.coupon_refusal()
        'api.quote'
    ],
    'only these functions raise a code that is not written in the call'
);
select is_empty(
    $$
        select e.code
        from ops.error_register() as e
        where
            e.code !~ '^([a-z][a-z_]*[a-z]|PGRST[0-9]{3}|[0-9A-Z]{5})$'
            or e.status not between 400 and 599
            or e.message !~ '^[A-Z{].*\.$'
        union all
        select e.code from ops.error_register() as e group by e.code having count(*) > 1
    $$,
    'the register has each code once, with an HTTP status and a whole sentence'
);

create function pricing.planted() returns void language plpgsql as $$
begin
    perform ops.fail('no_such_code');
    perform ops.fail(
        case when true then 'neither_this' else 'quote_changed' end, '{}'
    );
    perform ops.counted_failure('nor_that');
    -- ops.fail('in_a_comment')
end$$;
select set_eq(
    'select u.code from tests.unregistered_codes as u',
    array['no_such_code', 'neither_this', 'nor_that'],
    'the rule sees calls and cases'
);

select * from finish();
rollback;
