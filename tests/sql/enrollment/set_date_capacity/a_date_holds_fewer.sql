begin;
set local search_path = tap, public;
select plan(40);
select tests.worker() as staff \gset
select tests.section('Smaller room', '{1}', p_capacity => 3, p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 100) \g /dev/null
select tests.section('No limit', '{2}', p_capacity => null) as unlimited \gset
select (tests.dates(:section, 2))[1] as first, (tests.dates(:section, 2))[2] as second \gset
create function pg_temp.refused(p_arguments text) returns jsonb language sql as $$
    select tests.error(
        format(
            'select tests.as_staff(%s, %L)', tests.worker(),
            format('api.set_date_capacity(%s)', p_arguments)
        )
    )
$$;
create function pg_temp.set(
    p_section bigint, p_date date, p_capacity integer, p_preview boolean default false
)
returns jsonb language sql as $$
    select tests.as_staff(
        tests.worker(),
        format(
            'api.set_date_capacity(%s, %L, %s, ''small room'', %L)',
            p_section, p_date, p_capacity, p_preview
        )
    )
$$;
create function pg_temp.counts(p_section bigint, p_date date) returns text
language plpgsql as $$
declare
    v_text text;
begin
    perform tests.act_as('staff', tests.claims(tests.worker(), 'staff'));
    select format('%s taken, %s lacking, %s open', c.confirmed + c.held + c.offered, c.reserved, c.open)
    into v_text
    from api.section_counts as c
    where c.section_id = p_section and c.held_on is not distinct from p_date;
    perform tests.act_as_operator();
    return v_text;
end;
$$;
-- A checkout of one date.
create function pg_temp.on(p_section bigint, p_date date) returns bigint language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(
        v_cart_id, v_student_id, p_section, format('dates => array[%L]::date[]', p_date)
    );
    return v_cart_id;
end;
$$;

-- Refused, each by its name, and nothing is written.
select is(
    pg_temp.refused(format('%s, %L, %L, %L', :section, r.held_on, r.capacity, r.reason)) ->> 'code',
    r.code, r.what
)
from (
    values
    (:'first'::date, 2, '', 'reason_required', 'no reason'),
    (:'first', 2, repeat('x', 501), 'reason_required', 'one too long'),
    (:'first', -1, 'x', 'date_capacity_invalid', 'fewer than none'),
    (:'first', null, 'x', 'date_capacity_invalid', 'no number'),
    (:'first', 4, 'x', 'date_capacity_invalid', 'more than the class holds'),
    (:'first'::date + 1, 2, 'x', 'date_unknown', 'a day without a meeting'),
    (null, 2, 'x', 'date_unknown', 'no day'),
    ('infinity', 2, 'x', 'date_unknown', 'a day that never comes'),
    ('5874897-12-31', 2, 'x', 'date_unknown', 'the last of all days'),
    (:'first', 2, E' \n\t', 'reason_required', 'a reason that nobody can read')
) as r (held_on, capacity, reason, code, what);
select is(
    pg_temp.refused(format('0, %L, 2, ''x''', :'first')) ->> 'code', 'section_not_found',
    'no such class'
);
select is(
    pg_temp.refused(
        format('%s, %L, 2, ''x''', :unlimited, (tests.dates(:unlimited))[1])
    ) ->> 'code', 'capacity_unlimited', 'what has no limit has no lower one'
);
select date_trunc('week', now())::date - 14 as day \gset
select tests.section('Over long since', '{1}', p_starts_on => :'day', p_ends_on => :'day') as over \gset
select is(
    pg_temp.refused(format('%s, %L, 2, ''x''', :over, :'day')) ->> 'code', 'date_past',
    'a date that is over'
);
select is(
    tests.family_error_code(
        tests.family(), format('api.set_date_capacity(%s, %L, 2, ''x'')', :section, :'first')
    ), '42501', 'a family can''t'
);
select is_empty(
    format('select from enrollment.seats as s where s.section_id in (%s, %s)', :section, :unlimited),
    'nothing was written'
);

-- Fewer on one date.
select is(pg_temp.set(:section, :'first', 1, true) ->> 'places_free_on_date', '1', 'a preview');
select is(pg_temp.counts(:section, :'first'), '0 taken, 0 lacking, 3 open', 'changes nothing');
select is_empty(
    $$select from ops.domain_events as e where e.kind = 'place.capacity_set'$$, 'and tells nobody'
);
select is(
    pg_temp.set(:section, :'first', 1) - '{students,offers}'::text [],
    format(
        '{"section_id": %s, "held_on": "%s", "capacity_before": 3, "capacity": 1,
        "places_free": 1, "places_free_on_date": 1,
        "seats": {"changed": 0, "added": 2, "ended": 0}}', :section, :'first'
    )::jsonb, 'the act answers what came of it'
);
select is(pg_temp.counts(:section, :'first'), '0 taken, 2 lacking, 1 open', 'one place is left');
select is(pg_temp.counts(:section, :'second'), '0 taken, 0 lacking, 3 open', 'on that date alone');
select is(
    (
        select format('%s %s', e.payload ->> 'capacity', e.payload ->> 'reason')
        from ops.domain_events as e where e.kind = 'place.capacity_set'
    ), '1 small room', 'it is told, with the reason'
);
select tests.confirmed(pg_temp.on(:section, :'first')) as only \gset
select is(
    tests.checkout_error(pg_temp.on(:section, :'first')) ->> 'code', 'seat_unavailable',
    'the next family gets none'
);
select is(
    (pg_temp.refused(format('%s, %L, 0, ''x''', :section, :'first')) ->> 'details')::jsonb
    ->> 'taken', '1', 'never fewer than there are'
);
select is(
    pg_temp.refused(
        format('%s, %L, 0, ''x''', :section, :'first')
    ) ->> 'code', 'capacity_below_taken', 'by its name'
);
select is(pg_temp.set(:section, :'second', 0) ->> 'places_free_on_date', '0', 'none at all');
select is(
    pg_temp.set(:section, :'second', 0) #> '{seats}',
    '{"changed": 0, "added": 0, "ended": 0}'::jsonb, 'the same again changes nothing'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :staff,
            format(
                'api.release_reservation(%s)',
                (
                    select min(s.id) from enrollment.seats as s
                    where s.section_id = :section and s.reason like 'capacity:%'
                )
            )
        )
    ), 'place_not_found', 'a place that a date lacks is no reservation to let go of'
);

-- The class as a whole is another thing.
select tests.as_staff(:staff, format('api.set_capacity(%s, 5)', :section)) \g /dev/null
select is(
    pg_temp.counts(:section, :'first'), '1 taken, 4 lacking, 0 open',
    'a larger class is no larger room on that date'
);
select tests.as_staff(:staff, format('api.set_capacity(%s, 2)', :section)) \g /dev/null
select is(
    pg_temp.counts(:section, :'first'), '1 taken, 1 lacking, 0 open', 'nor does a smaller one fail'
);
select is(
    pg_temp.counts(:section, :'second'), '0 taken, 2 lacking, 0 open', 'on any of the dates'
);
select tests.as_staff(:staff, format('api.set_capacity(%s, null)', :section)) \g /dev/null
select is_empty(
    format('select from enrollment.seats as s where s.section_id = %s and s.student_id is null', :section),
    'without a limit no date lacks a place'
);
select tests.as_staff(:staff, format('api.set_capacity(%s, 1)', :section)) \g /dev/null
select is(pg_temp.counts(:section, :'second'), '0 taken, 0 lacking, 1 open', 'nor later');

-- Raised again, the places go to those who wait.
select tests.as_staff(:staff, format('api.set_capacity(%s, 3)', :section)) \g /dev/null
select pg_temp.set(:section, :'second', 0) \g /dev/null
select tests.wait(
    :section, array[tests.student(tests.family())], format(', null, %L', :'second')
) as entry \gset
select is(
    jsonb_array_length(pg_temp.set(:section, :'second', 2, true) -> 'offers'), 1,
    'a preview says who would get it'
);
select is(tests.entry_status(:entry), 'waiting', 'and offers nothing');
select pg_temp.set(:section, :'second', 2) \g /dev/null
select is(tests.entry_status(:entry), 'offered', 'those who wait are first');
select is(pg_temp.counts(:section, :'second'), '1 taken, 1 lacking, 1 open', 'then the public');
select is(
    pg_temp.refused(format('%s, %L, 0, ''x''', :section, :'second')) ->> 'code',
    'capacity_below_taken', 'an offer is taken'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, %L)', :staff, format('api.reserve_place(%s, ''capacity:x'')', :section))
    ), 'reason_required', 'no other reservation calls itself so'
);
select is(
    pg_temp.set(:section, :'second', 3) ->> 'places_free_on_date', '2', 'all of them again'
);
select * from finish();
rollback;
