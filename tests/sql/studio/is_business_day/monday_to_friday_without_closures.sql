begin;
set local search_path = tap, public;
select plan(16);
select tests.worker('manager') as manager, tests.worker('staff') as desk \gset
create function pg_temp.days(first date, last date, studio text default 'aydt') returns text
language sql as $$
    select string_agg(to_char(d.day, 'Dy DD'), ' ' order by d.day)
    from (
        select first + n as day from generate_series(0, last - first) as n
    ) as d
    where tests.value(format('studio.is_business_day(%L)', d.day), studio) = 'true'
$$;
create function pg_temp.next(day date) returns text language sql as $$
    select tests.value(format('studio.next_business_day(%L)', day)) #>> '{}'
$$;
select is(
    pg_temp.days('2031-03-03', '2031-03-09'), 'Mon 03 Tue 04 Wed 05 Thu 06 Fri 07', 'a week'
);
select is(pg_temp.next('2031-03-05'), '2031-03-06', 'after a Wednesday comes the Thursday');
select is(pg_temp.next('2031-03-07'), '2031-03-10', 'after a Friday the Monday');
select is(pg_temp.next('2031-03-08'), '2031-03-10', 'after a Saturday, too');

select tests.as_manager(:manager, 'api.add_closure(''2031-03-06'', ''2031-03-10'', '' Spring  break '')')
as closure \gset
select is(
    :'closure'::jsonb ->> 'label', 'Spring break', 'a closure is added'
);
select is(
    pg_temp.days('2031-03-03', '2031-03-12'), 'Mon 03 Tue 04 Wed 05 Tue 11 Wed 12',
    'its first and last day are closed'
);
select is(pg_temp.next('2031-03-05'), '2031-03-11', 'the next business day is after it');
select is(
    pg_temp.days('2031-03-06', '2031-03-07', 'elmst'), 'Thu 06 Fri 07', 'at this studio alone'
);
select is(
    tests.error_code(
        format(
            'select tests.as_manager(%s, %L)', :manager,
            format('api.add_closure(%s)', v.arguments)
        )
    ), 'closure_invalid', v.what
)
from (
    values
    ('''2031-03-06'', ''2031-03-05'', ''x''', 'one that ends before it begins'),
    ('''2031-03-06'', ''2032-03-06'', ''x''', 'one of more than a year'),
    ('''2031-03-06'', ''infinity'', ''x''', 'one without an end'),
    ('null, ''2031-03-06'', ''x''', 'one without a beginning'),
    ('''2031-03-06'', ''2031-03-06'', '' ''', 'one without a name')
) as v (arguments, what);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :desk,
            'api.add_closure(''2031-03-06'', ''2031-03-06'', ''x'')'
        )
    ), '42501', 'by managers alone'
);
select tests.as_manager(
    :manager, format('api.remove_closure(%s)', :'closure'::jsonb -> 'closure_id')
) \g /dev/null
select is(pg_temp.next('2031-03-05'), '2031-03-06', 'one that is taken back closes nothing');
select is(
    tests.value(
        'array[studio.local_time(''2031-01-15 11:00+00''), studio.local_time(''2031-07-15 11:00+00'')]'
    ), '["06:00:00", "07:00:00"]', 'the time on the wall, in winter and in summer'
);

select * from finish();
rollback;
