begin;
set local search_path = tap, public;
\ir branches.psql
select plan(4);

-- What no test in SQL can take, with the reason and the test in Python that does. As few as can be.
create temporary table excused (
    function text, source text, branch text, reason text, python_test text
);
insert into excused (function, source, branch, reason, python_test)
select
    'api.close_month(date)',
    b.source,
    b.branch,
    'somebody else must be posting, in a transaction of their own',
    'tests/py/payments/test_batches.py: test_a_month_is_not_closed_while_somebody_posts'
from (
    values
    ('exit when payment.lock_ledger(true);', 'went on'),
    ('if v_try = 100 then', 'reached'),
    ('if v_try = 100 then', 'no body'),
    ('perform ops.fail(''ledger_busy'');', 'then body')
) as b (source, branch);

create temporary table branches as select b.* from tests.payment_branches as b;
create temporary table not_taken as
select
    b.function,
    b.line,
    b.branch,
    b.source
from branches as b
left join excused as e
    on b.function = e.function and b.source = e.source and b.branch = e.branch
where coalesce(b.taken, 0) <= 0 and e.function is null;

select diag(
    format(
        'payments: %s functions, %s branches, %s taken, %s excused',
        (select count(*) from tests.payment_functions),
        count(*), count(*) filter (where b.taken > 0), (select count(*) from excused)
    )
)
from branches as b;
select diag(
    format('%s: %s of %s branches taken', b.function, count(*) filter (where b.taken > 0), count(*))
    || (
        select string_agg(format(e'\n    line %s, %s: %s', n.line, n.branch, n.source), '' order by n.line)
        from not_taken as n
        where n.function = b.function
    )
)
from branches as b
where b.function in (select n.function from not_taken as n)
group by b.function
order by b.function;

select cmp_ok(
    (select count(*) from branches as b where b.taken > 0), '>', 500::bigint,
    'the profiler has counted: tests/sql/payment ran before, with plpgsql_check.profiler on'
);
select is((select count(*) from not_taken), 0::bigint, 'every branch is taken');
select is_empty(
    'select e.* from excused as e
    where not exists (
        select from branches as b
        where b.function = e.function and b.source = e.source and b.branch = e.branch
        and coalesce(b.taken, 0) <= 0
    )',
    'what is taken needs no excuse'
);
select is_empty(
    $$
        select f.function
        from tests.payment_functions as f
        where
            f.is_plpgsql
            -- but for that of a preview, which is taken back
            and replace(array_to_string(f.lines, e'\n'), 'when sqlstate ''UNDO0'' then null;', '')
            ~ '\m(then|else)\s+(--[^\n]*\s+)*null;'
    $$,
    'no body is NULL alone, which is no statement that could be counted'
);
select * from finish();
rollback;
