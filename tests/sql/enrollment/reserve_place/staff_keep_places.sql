begin;
set local search_path = tap, public;
select plan(34);
select tests.worker() as staff \gset
select tests.section('Kept', '{1}', p_capacity => 2) as section \gset
select tests.section('Kept by date', '{2}', p_capacity => 1, p_mode => 'drop_in') as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
select tests.section('Kept in variants', '{3}', p_mode => 'tiered') as tiered \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select (tests.dates(:section, 2))[1] as d1, (tests.dates(:section, 2))[2] as d2 \gset
create function pg_temp.refused(p_expression text) returns text language sql as $$
    select tests.error_code(
        format('select tests.as_staff(%s, %L)', tests.worker(), p_expression)
    )
$$;
create function pg_temp.seat(p_answer jsonb) returns bigint language sql as $$
    select (p_answer #>> '{seat_ids,0}')::bigint
$$;
create function pg_temp.counts(p_section bigint, p_date date default null) returns text
language plpgsql as $$
declare
    v_text text;
begin
    perform tests.act_as('staff', tests.claims(tests.worker(), 'staff'));
    select format('%s reserved, %s open', c.reserved, c.open) into v_text
    from api.section_counts as c
    where c.section_id = p_section and c.held_on is not distinct from p_date;
    perform tests.act_as_operator();
    return v_text;
end;
$$;

-- Refused, each by its name, and nothing is written.
select is(
    pg_temp.refused(format('api.reserve_place(%s, %L)', :section, ' ')), 'reason_required',
    'no reason'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, %L)', :section, 'freed:cancel')),
    'reason_required', 'a reason that says the place came free'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, repeat(''x'', 501))', :section)),
    'reason_required', 'one too long'
);
select is(pg_temp.refused('api.reserve_place(0, ''x'')'), 'section_not_found', 'no such class');
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'', 0)', :section)), 'student_not_found',
    'no such student'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'', %s)', :tiered, :student)),
    'reservation_tiered', 'nobody knows the hours yet'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'', dates => %L::date[])', :section, '{}')),
    'dates_invalid', 'no date'
);
select is(
    pg_temp.refused(
        format('api.reserve_place(%s, ''x'', dates => %L::date[])', :section, array[:'d1', :'d1'])
    ),
    'dates_invalid', 'a date twice'
);
select is(
    pg_temp.refused(
        format('api.reserve_place(%s, ''x'', dates => array[null]::date[])', :section)
    ),
    'dates_invalid', 'a date that is none'
);
select is(
    pg_temp.refused(
        format('api.reserve_place(%s, ''x'', dates => %L::date[])', :section, array[:'d1'::date + 1])
    ),
    'date_unknown', 'a day without a meeting'
);
select is(
    tests.family_error_code(:family, format('api.reserve_place(%s, ''x'')', :section)), '42501',
    'a family can''t'
);
select is(
    tests.family_error_code(:family, 'api.release_reservation(1)'), '42501', 'nor release one'
);
select is(pg_temp.refused('api.release_reservation(0)'), 'place_not_found', 'no such place');
select is_empty(
    format('select from enrollment.seats as s where s.section_id in (%s, %s)', :section, :tiered),
    'nothing was written'
);
select is_empty(
    $$select from ops.domain_events as e where e.kind in ('place.reserved', 'place.released')$$,
    'nor told'
);

-- For nobody, and for a student.
select pg_temp.seat(
    tests.as_staff(:staff, format('api.reserve_place(%s, '' a guest '')', :section))
) as nameless \gset
select is(pg_temp.counts(:section), '1 reserved, 1 open', 'a place is kept throughout');
select is(
    (
        select format('%s %s %s', s.reason, s.student_id is null, s.during is null)
        from enrollment.seats as s where s.id = :nameless
    ),
    'a guest t t', 'for nobody yet, with the reason'
);
select pg_temp.seat(
    tests.as_staff(:staff, format('api.reserve_place(%s, ''a move'', %s)', :section, :student))
) as named \gset
select is(
    (
        select format('%s %s', e.payload ->> 'account_id', e.payload ->> 'reason')
        from ops.domain_events as e
        where e.kind = 'place.reserved' and e.family_id = :family
    ),
    :staff || ' a move', 'it is told who did so, and why'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'', %s)', :section, :student)),
    'seat_taken_already', 'a student needs one'
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'')', :section)), 'seat_unavailable',
    'more than there are can''t be kept'
);
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :section)) ->> 'code',
    'seat_unavailable', 'nobody else gets them'
);
select tests.held(tests.cart(:student, :section)) as registration \gset
select is(
    (
        select format('%s %s', s.status, s.reason is null)
        from enrollment.seats as s where s.id = :named
    ),
    'held t', 'the student does, by checking out'
);
select is(
    pg_temp.refused(format('api.release_reservation(%s)', :named)), 'place_not_found',
    'then it is no reservation any more'
);
select is(
    (select s.status from enrollment.seats as s where s.id = :named), 'held', 'and stays'
);
-- Released, it goes to those who wait, or to the public.
select tests.wait(:section, array[tests.student(tests.family())]) as entry \gset
select tests.as_staff(:staff, format('api.release_reservation(%s)', :nameless));
select is(tests.entry_status(:entry), 'offered', 'those who wait are first');
select is(
    (
        select e.payload ->> 'account_id' from ops.domain_events as e
        where e.kind = 'place.released' and (e.payload ->> 'seat_id')::bigint = :nameless
    ),
    :'staff', 'it is told who released it'
);

-- By date.
select (tests.dates(:dated, 2))[1] as first, (tests.dates(:dated, 2))[2] as second \gset
select pg_temp.seat(
    tests.as_staff(
        :staff, format('api.reserve_place(%s, ''a trial'', dates => %L::date[])', :dated, array[:'first'])
    )
) as trial \gset
select is(pg_temp.counts(:dated, :'first'), '1 reserved, 0 open', 'a place on one date');
select is(pg_temp.counts(:dated, :'second'), '0 reserved, 1 open', 'not on the others');
select is(
    pg_temp.refused(
        format(
            'api.reserve_place(%s, ''x'', dates => %L::date[])', :dated,
            array[:'second', :'first']
        )
    ),
    'seat_unavailable', 'all dates or none'
);
select is(pg_temp.counts(:dated, :'second'), '0 reserved, 1 open', 'so nothing is kept');
select tests.as_staff(:staff, format('api.release_reservation(%s)', :trial));
select is(pg_temp.counts(:dated, :'first'), '0 reserved, 1 open', 'free again');
select is(
    jsonb_array_length(
        tests.as_staff(:staff, format('api.reserve_place(%s, ''all'', %s)', :dated, :student))
        -> 'seat_ids'
    )::bigint,
    (
        select count(distinct m.held_on) from catalog.meetings as m
        where m.section_id = :dated and m.status = 'scheduled'
        and m.held_on >= (tests.value('studio.local_date(now())') #>> '{}')::date
    ),
    'all dates of a class sold by date, each by itself'
);
-- Nothing to come, and what is over.
select tests.run(
    format('update catalog.meetings set status = ''cancelled'' where section_id = %s', :tiered)
);
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'')', :tiered)), 'section_not_open',
    'no meeting to come'
);
select date_trunc('week', now())::date - 14 as day \gset
select tests.section(
    'Over', '{1}', p_starts_on => :'day', p_ends_on => :'day'::date + 6
) as over \gset
select is(
    pg_temp.refused(format('api.reserve_place(%s, ''x'', dates => %L::date[])', :over, array[:'day'])),
    'date_past', 'a date that is over'
);
select * from finish();
rollback;
