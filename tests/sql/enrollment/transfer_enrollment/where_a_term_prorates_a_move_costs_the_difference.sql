-- In a term that prorates, both classes of a student who is moved cost what was had of them.
begin;
set local search_path = tap, public;
select plan(11);
select tests.worker('staff') as desk \gset
select tests.run('update studio.settings set tuition_proration = ''meetings''');
select tests.section('Mondays', '{1}') as old \gset
select tests.section('Mondays at noon', '{1}', p_starts_at => '12:00', p_ends_at => '13:00')
as noon \gset
select tests.section('Tuesdays', '{2}') as tuesdays \gset
select tests.section('Twice', '{3,4}') as twice \gset
select tests.section('Beside', '{2}', p_starts_at => '15:00', p_ends_at => '16:00') as beside \gset
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select max(e.id) from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.change(call text, enrollment bigint, rest text, desk bigint)
returns bigint language sql as $$
    select (
        tests.as_staff(desk, format('api.%s_enrollment(%s, %s)', call, enrollment, rest))
        ->> 'price_change_minor'
    )::bigint
$$;
create function pg_temp.move(student bigint, old bigint, new bigint, day date, desk bigint)
returns bigint language sql as $$
    select pg_temp.change(
        'transfer', pg_temp.of(student, old), format('%s, ''x'', %L', new, day), desk
    )
$$;
create function pg_temp.cancel(student bigint, section bigint, day date, desk bigint)
returns bigint language sql as $$
    select pg_temp.change(
        'cancel', pg_temp.of(student, section), format('''x'', %L, preview => true', day), desk
    )
$$;
create function pg_temp.enrolled(variadic sections bigint[]) returns bigint language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
begin
    perform tests.confirmed(tests.cart(v_student_id, variadic sections));
    return v_student_id;
end;
$$;
-- Ten lessons after the first one, and two more.
select (tests.dates(:old, 11))[11] as half, (tests.dates(:old, 13))[13] as later,
    (tests.dates(:old, 15))[15] as last \gset

select pg_temp.enrolled(:old) as stays \gset
select pg_temp.enrolled(:old) as student \gset
select is(
    pg_temp.move(:student, :old, :noon, :'half', :desk), 0::bigint,
    'to a class on the same weekday: nothing'
);
select is(
    pg_temp.cancel(:student, :noon, :'later', :desk),
    pg_temp.cancel(:stays, :old, :'later', :desk),
    'given up later, as much was had as by who was not moved'
);
select pg_temp.enrolled(:old) as student \gset
select is(
    pg_temp.move(:student, :old, :tuesdays, :'half', :desk), 0::bigint,
    'to one on another weekday: nothing'
);
select is(
    pg_temp.move(:student, :tuesdays, :noon, :'later', :desk), 0::bigint, 'and on to a third one'
);
select cmp_ok(
    pg_temp.cancel(:student, :noon, :'last', :desk), '=',
    pg_temp.cancel(:stays, :old, :'last', :desk), 'which ends as the first one would have'
);

-- To one that meets twice a week, from half of the term on.
select tests.quote(tests.cart(tests.student(tests.family()), :old)) as once_quote \gset
select tests.quote(tests.cart(tests.student(tests.family()), :twice)) as twice_quote \gset
select tests.amount_of_kind(:'once_quote', 'tuition') as once,
    tests.amount_of_kind(:'twice_quote', 'tuition') as two_days,
    tests.amount(:'once_quote', 'costume_senior') as costume \gset
select count(*) as all_once from catalog.meetings as m where m.section_id = :old \gset
select count(*) as all_twice, count(*) filter (where m.held_on >= :'half') as left_twice
from catalog.meetings as m where m.section_id = :twice \gset
select pg_temp.enrolled(:old) as student \gset
select is(
    pg_temp.move(:student, :old, :twice, :'half', :desk),
    (
        round(:once * 10.0 / :all_once) + round(:two_days * :left_twice::numeric / :all_twice)
        + :costume - :once
    )::bigint, 'to a dearer one: what was had of the one, what is left of the other, its costume'
);
select is(
    pg_temp.cancel(:student, :twice, :'half', :desk),
    - (round(:two_days * :left_twice::numeric / :all_twice) + :costume)::bigint,
    'given up on the day of the move, it costs nothing'
);

-- Beside a class on the new weekday the weekdays of the student are fewer from then on.
select tests.amount_of_kind(
    tests.quote(tests.cart(tests.student(tests.family()), :old, :beside)), 'tuition'
) as both \gset
select pg_temp.enrolled(:old, :beside) as student \gset
select pg_temp.change(
    'transfer', pg_temp.of(:student, :old),
    format('%s, ''x'', %L, preview => true', :tuesdays, :'half'), :desk
) as fewer \gset
select ok(
    :fewer - :costume between - (:both - :once) and - 1, 'two classes on one weekday cost less'
);

-- In a term that does not prorate, a moved class costs what it costs.
select tests.run('update studio.settings set tuition_proration = ''none''');
select pg_temp.enrolled(:old) as student \gset
select is(pg_temp.move(:student, :old, :twice, :'half', :desk), (
    select (
        (:'twice_quote'::jsonb ->> 'total_minor')::bigint
        - (:'once_quote'::jsonb ->> 'total_minor')::bigint
    )
), 'whole, where nothing is prorated');
select is(
    pg_temp.move(:student, :twice, :noon, :'later', :desk), (
        select (
            (:'once_quote'::jsonb ->> 'total_minor')::bigint
            - (:'twice_quote'::jsonb ->> 'total_minor')::bigint
        )
    ), 'and back again'
);
select is(
    pg_temp.cancel(:student, :noon, :'last', :desk),
    - (:'once_quote'::jsonb ->> 'total_minor')::bigint, 'so that all is given back in the end'
);
select * from finish();
rollback;
