-- The demo's term has 21 weeks, from a Monday to a Saturday: 146 days.
begin;
set local search_path = tap, public;
select plan(17);
select tests.section('Late Tue and Thu', '{2,4}') as section \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
create function pg_temp.set_to(p_proration text) returns void language sql as $$
    select tests.run(
        format(
            'update studio.settings set tuition_proration = %L
            where studio_id = auth.studio_id() and term_id is null', p_proration
        )
    )
$$;
-- What is due of a new cart, so many days after the first of the term, on the studio's wall.
create function pg_temp.due(section bigint, weekdays text, days integer) returns text
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
    v_at timestamptz;
begin
    perform tests.put(
        v_cart_id, v_student_id, section, format('weekdays => %L::smallint []', weekdays)
    );
    select (t.starts_on + days)::timestamp at time zone 'America/New_York' into v_at
    from catalog.terms as t where t.id = tests.term();
    return (
        select l.amount_minor || ' ' || l.label
        from tests.lines(
            tests.value(
                format(
                    'pricing.quote_document(%s)',
                    tests.value(
                        format(
                            'pricing.store_quote(%s, null, pricing.plan_of(%s, null, null, %L), %L)',
                            v_cart_id, tests.term(), v_at, v_at
                        )
                    )
                )
            )
        ) as l
        where l.kind = 'tuition'
    );
end;
$$;
create function pg_temp.meeting(section bigint, days integer) returns bigint language sql as $$
    select m.id from catalog.meetings as m
    where m.section_id = section
    and m.held_on = (select t.starts_on + days from catalog.terms as t where t.id = tests.term())
$$;

-- Wednesday of the fifth week: five Tuesdays are over, and four Thursdays.
select is(
    pg_temp.due(:section, '{2}', 30), '79643 Tuition, Senior, 1 day a week',
    'where nothing is prorated, some weekdays cost all of one'
);
select pg_temp.set_to('meetings') \g /dev/null
select is(
    pg_temp.due(:section, w.weekdays, 30), w.due, w.what
)
from (
    values
    (
        '{2}', '60680 Tuition, Senior, 1 day a week, 16 of 21 classes left',
        '796.43 × 16 / 21: Tuesdays'
    ),
    (
        '{4}', '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left',
        '796.43 × 17 / 21: Thursdays'
    ),
    (
        '{2,4}', '122025 Tuition, Senior, 2 days a week, 33 of 42 classes left',
        '1,553.04 × 33 / 42: both'
    ),
    (
        null, '122025 Tuition, Senior, 2 days a week, 33 of 42 classes left',
        'which is the class as a whole'
    )
) as w (weekdays, due, what);

-- A lesson that was moved is still that of its weekday; one that is cancelled is none.
select tests.run(
    format(
        'update catalog.meetings set held_on = held_on + 1, starts_at = starts_at + interval ''1 day'',
        ends_at = ends_at + interval ''1 day'' where id = %s', pg_temp.meeting(:section, 29)
    )
) \g /dev/null
select is(
    pg_temp.due(:section, w.weekdays, 30), w.due, w.what
)
from (
    values
    (
        '{2}', '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left',
        'the Tuesday that is held on Wednesday is still to come'
    ),
    (
        '{4}', '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left', 'and is no Thursday'
    )
) as w (weekdays, due, what);
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled'' where id = %s',
        pg_temp.meeting(:section, 36)
    )
) \g /dev/null
select is(
    pg_temp.due(:section, '{2}', 30),
    '63714 Tuition, Senior, 1 day a week, 16 of 20 classes left', 'one of them is not held'
);

-- What was put on another day belongs to no weekday, but to the whole.
select tests.run(
    format(
        'insert into catalog.meetings (studio_id, section_id, held_on, starts_at, ends_at)
        select studio_id, section_id, held_on + 3, starts_at + interval ''3 days'',
        ends_at + interval ''3 days'' from catalog.meetings where id = %s',
        pg_temp.meeting(:section, 43)
    )
) \g /dev/null
select is(
    pg_temp.due(:section, w.weekdays, 30), w.due, w.what
)
from (
    values
    (
        '{2}', '63714 Tuition, Senior, 1 day a week, 16 of 20 classes left',
        'a Friday is no Tuesday'
    ),
    (
        '{4}', '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left', 'nor a Thursday'
    ),
    (
        '{2,4}', '125722 Tuition, Senior, 2 days a week, 34 of 42 classes left',
        'whoever has both has it'
    ),
    (
        null, '125722 Tuition, Senior, 2 days a week, 34 of 42 classes left',
        'as whoever has the class'
    )
) as w (weekdays, due, what);

-- By days: those of the section, whichever weekdays of it.
select pg_temp.set_to('days') \g /dev/null
select is(
    pg_temp.due(:section, w.weekdays, 30), w.due, w.what
)
from (
    values
    (
        '{2}', '63278 Tuition, Senior, 1 day a week, 116 of 146 days left',
        '796.43 × 116 / 146'
    ),
    (
        '{4}', '63278 Tuition, Senior, 1 day a week, 116 of 146 days left', 'the same of the other'
    ),
    (
        null, '123392 Tuition, Senior, 2 days a week, 116 of 146 days left',
        '1,553.04 × 116 / 146: both'
    )
) as w (weekdays, due, what);
select is(
    (
        select jsonb_agg(distinct i.value -> 'weekdays' order by i.value -> 'weekdays')
        from pricing.quotes as q, jsonb_array_elements(q.inputs -> 'items') as i
        where (i.value ->> 'section_id')::bigint = :section
    ),
    '[[2], [4], [2, 4]]', 'each quote keeps the weekdays it counted'
);
select is(
    (
        select count(*) from pricing.quotes as q
        where q.inputs -> 'items' @> format('[{"section_id": %s}]', :section)::jsonb
        and tests.replayed(q.id) is distinct from tests.kept(q.id)
    ),
    0::bigint, 'and replays to the same lines'
);
select * from finish();
rollback;
