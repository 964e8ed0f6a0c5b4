-- Senior: 796.43 for one day a week, 1,553.04 for two, 2,269.83 for three.
begin;
set local search_path = tap, public;
select plan(12);
select
    tests.section('Tue and Thu', '{2,4}') as section,
    tests.section('Also Tue and Thu', '{2,4}', p_starts_at => '12:00', p_ends_at => '13:00') as other,
    tests.section('Wed', '{3}') as wednesday,
    tests.section('Tue noon', '{2}', p_starts_at => '14:00', p_ends_at => '15:00') as tuesday \gset
select tests.run(
    format(
        'update catalog.sections set sold_by_weekday = true where id in (%s, %s)', :section, :other
    )
) \g /dev/null
-- The tuition that is due for a second choice when a first one is confirmed; null: no line.
create function pg_temp.due(
    first bigint, first_weekdays text, second bigint, second_weekdays text,
    out amount_minor bigint, out count bigint, out enrolled bigint
)
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(v_cart_id, v_student_id, first, format('weekdays => %L', first_weekdays));
    perform tests.confirmed(v_cart_id);
    v_cart_id := tests.open_cart(v_student_id);
    perform tests.put(v_cart_id, v_student_id, second, format('weekdays => %L', second_weekdays));
    select
        l.amount_minor, (l.basis ->> 'weekly_count')::bigint,
        (l.basis ->> 'enrolled_count')::bigint
    into amount_minor, count, enrolled
    from tests.lines(tests.quote(v_cart_id)) as l
    where l.kind = 'tuition';
end;
$$;
select is(
    (d.amount_minor, d.count, d.enrolled)::text, c.due, c.what
)
from (
    values
    (:section, '{2}', :wednesday, null, '(75661,2,1)', 'Tuesdays, then a day: 1,553.04 − 796.43'),
    (:section, null, :wednesday, null, '(71679,3,2)', 'both days, then a third: 2,269.83 − 1,553.04'),
    (:section, '{2,4}', :wednesday, null, '(71679,3,2)', 'picked one by one, they are both'),
    (:wednesday, null, :section, '{4}', '(75661,2,1)', 'a day, then Thursdays'),
    (:wednesday, null, :section, null, '(147340,3,1)', 'a day, then both: 2,269.83 − 796.43'),
    (:section, '{2}', :other, '{4}', '(75661,2,1)', 'Tuesdays of one class, Thursdays of another'),
    (:section, '{2}', :other, '{2}', '(0,1,1)', 'a Tuesday again is no other day'),
    (:section, '{2}', :other, null, '(75661,2,1)', 'but the Thursdays beside it are'),
    (:section, '{4}', :tuesday, null, '(75661,2,1)', 'Thursdays, then a class on Tuesdays')
) as c (first, first_weekdays, second, second_weekdays, due, what)
cross join lateral pg_temp.due(c.first, c.first_weekdays, c.second, c.second_weekdays) as d;

-- Where weekly meetings count, each of the weekdays that were picked is one.
select tests.run(
    'update studio.settings set rate_step_basis = ''weekly_meetings'' where term_id is null'
) \g /dev/null
select is(
    (d.amount_minor, d.count, d.enrolled)::text, c.due, c.what
)
from (
    values
    (:section, '{2}', :other, '{2}', '(75661,2,1)', 'a Tuesday again is another meeting'),
    (:section, '{2}', :other, null, '(147340,3,1)', 'both of the other are two more'),
    (:section, null, :other, '{4}', '(71679,3,2)', 'and one of it one more')
) as c (first, first_weekdays, second, second_weekdays, due, what)
cross join lateral pg_temp.due(c.first, c.first_weekdays, c.second, c.second_weekdays) as d;
select * from finish();
rollback;
