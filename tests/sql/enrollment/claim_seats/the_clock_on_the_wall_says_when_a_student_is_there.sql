-- Seats follow the studio's clock: over both changes of the clock, and late in the evening, when
-- it is tomorrow in UTC already.
-- New York: summer time begins on Sunday 2099-03-08 and ends on Sunday 2099-11-01.
begin;
set local search_path = tap, public;
select plan(36);
create function pg_temp.seats(p_section_id bigint) returns text language sql as $$
    select string_agg(
        format('%s %s', s.dates, translate(s.during::text, '"', '')), ' ' order by lower(s.during)
    )
    from enrollment.seats as s where s.section_id = p_section_id
$$;
create function pg_temp.taken(p_section_id bigint) returns text language sql as $$
    select range_agg(d)::text
    from enrollment.places as p cross join lateral unnest(p.taken) as d
    where p.section_id = p_section_id
$$;
set local timezone = 'UTC';

-- The last half hour of Sundays, over both changes: whole, and by date.
select tests.section(
    'Late', '{7}', p_starts_at => '23:30', p_ends_at => '24:00', p_starts_on => '2099-03-01',
    p_ends_on => '2099-03-08'
) as spring \gset
select tests.section(
    'Late', '{7}', p_starts_at => '23:30', p_ends_at => '24:00', p_starts_on => '2099-10-25',
    p_ends_on => '2099-11-01'
) as autumn \gset
select tests.section(
    'Late by date', '{7}', p_mode => 'drop_in', p_starts_at => '23:30', p_ends_at => '24:00',
    p_starts_on => '2099-03-01', p_ends_on => '2099-11-01'
) as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
select tests.student(tests.family()) as ada \gset
select tests.held(tests.cart(:ada, :spring, :autumn)) \g /dev/null
select is(
    pg_temp.seats(:spring),
    '{[2099-03-01,2099-03-02),[2099-03-08,2099-03-09)} '
    || '{[2099-03-02 04:30:00+00,2099-03-02 05:00:00+00),'
    || '[2099-03-09 03:30:00+00,2099-03-09 04:00:00+00)}',
    'half past eleven in winter and in summer, on Sundays'
);
select is(
    pg_temp.seats(:autumn),
    '{[2099-10-25,2099-10-26),[2099-11-01,2099-11-02)} '
    || '{[2099-10-26 03:30:00+00,2099-10-26 04:00:00+00),'
    || '[2099-11-02 04:30:00+00,2099-11-02 05:00:00+00)}',
    'and back'
);
select is(
    pg_temp.taken(:spring), '{[2099-03-01,2099-03-02),[2099-03-08,2099-03-09)}',
    'the place is taken on Sundays'
);
select is(tests.value(format('enrollment.seats_left(%s, ''2099-03-08'')', :spring)), '9', 'Sunday');
select is(tests.value(format('enrollment.seats_left(%s, ''2099-03-09'')', :spring)), '10', 'Monday');
select tests.student(tests.family()) as ben \gset
select tests.open_cart(:ben) as cart \gset
select tests.put(
    :cart, :ben, :dated, 'dates => ''{2099-03-01,2099-03-08,2099-10-25,2099-11-01}'''
) \g /dev/null
select tests.held(:cart) \g /dev/null
select is(
    pg_temp.seats(:dated),
    '{[2099-03-01,2099-03-02)} {[2099-03-02 04:30:00+00,2099-03-02 05:00:00+00)} '
    || '{[2099-03-08,2099-03-09)} {[2099-03-09 03:30:00+00,2099-03-09 04:00:00+00)} '
    || '{[2099-10-25,2099-10-26)} {[2099-10-26 03:30:00+00,2099-10-26 04:00:00+00)} '
    || '{[2099-11-01,2099-11-02)} {[2099-11-02 04:30:00+00,2099-11-02 05:00:00+00)}',
    'sold by date, each date has its own half hour'
);
select is(
    tests.family_error_code(
        (select s.family_id from identity.students as s where s.id = :ben),
        format(
            'api.put_cart_item(%s, %s, %s, dates => ''{2099-03-09}'')',
            tests.open_cart(:ben), :ben, :dated
        )
    ),
    'date_unknown', 'the date on which it ends in UTC is none of its dates'
);

-- The nights themselves: an hour is missing, an hour is there twice.
create function pg_temp.night(p_day date, p_from time, p_to time, p_mode text) returns bigint
language plpgsql as $$
declare
    v_section_id constant bigint := tests.section(
        'Night ' || gen_random_uuid(), '{7}', p_mode => p_mode, p_starts_at => p_from,
        p_ends_at => p_to, p_starts_on => p_day, p_ends_on => p_day
    );
begin
    if p_mode = 'drop_in' then
        perform tests.date_price(v_section_id, 100);
    elsif p_mode = 'tiered' then
        perform tests.tier_price(v_section_id, 'all_day', 100);
        perform tests.tier_price(v_section_id, 'first_half', 100);
    end if;
    return v_section_id;
end;
$$;
-- What a student of one is told of another, by the cart's findings and by checkout.
create function pg_temp.clash(p_first bigint, p_second bigint) returns text
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id bigint;
    v_found text;
begin
    perform tests.confirmed(tests.cart(v_student_id, p_first));
    v_cart_id := tests.cart(v_student_id, p_second);
    v_found := coalesce(tests.quote(v_cart_id) -> 'findings' -> 0 ->> 'code', 'free');
    return v_found || ' ' || coalesce(tests.checkout_error(v_cart_id) ->> 'code', 'free');
end;
$$;
create temporary table nights as
select
    n.day,
    m.mode,
    pg_temp.night(n.day, '00:30', '01:30', m.mode) as early,
    pg_temp.night(n.day, '01:30', '02:30', m.mode) as late,
    pg_temp.night(n.day, '01:00', '03:30', m.mode) as across
from (values (date '2099-03-08'), ('2099-11-01')) as n (day)
cross join (values (null::text), ('drop_in'), ('tiered')) as m (mode);
select is(
    pg_temp.clash(n.early, o.late), 'free free',
    format('%s, %s and %s: one begins when the other ends', n.day, n.mode, o.mode)
)
from nights as n inner join nights as o on n.day = o.day
where n.mode is null or o.mode is null;
select is(
    pg_temp.clash(n.late, o.across), 'schedule_conflict schedule_conflict',
    format('%s, %s and %s: at the same time', n.day, n.mode, o.mode)
)
from nights as n inner join nights as o on n.day = o.day
where n.mode is null or o.mode is null;
select is(
    pg_temp.seats(n.across),
    case n.day
        when '2099-03-08'
            then '{[2099-03-08,2099-03-09)} {[2099-03-08 06:00:00+00,2099-03-08 07:30:00+00)}'
        else '{[2099-11-01,2099-11-02)} {[2099-11-01 06:00:00+00,2099-11-01 08:30:00+00)}'
    end,
    format('%s: as long as it is on that night', n.day)
)
from nights as n
cross join lateral tests.held(
    tests.cart(tests.student(tests.family()), n.across)
) as h
where n.mode is null and h is not null;

-- Late on Sunday and early on Monday are one day in UTC, and two in the studio.
select tests.section(
    'After midnight', '{1}', p_starts_at => '00:00', p_ends_at => '01:00',
    p_starts_on => '2099-03-02', p_ends_on => '2099-03-09'
) as monday \gset
select tests.section(
    'Later', '{7}', p_starts_at => '23:45', p_ends_at => '24:00', p_starts_on => '2099-03-08',
    p_ends_on => '2099-03-08'
) as later \gset
select is(pg_temp.clash(:spring, :monday), 'free free', 'they touch at midnight');
select is(
    pg_temp.clash(:spring, :later), 'schedule_conflict schedule_conflict', 'at a quarter to twelve'
);
select is(
    pg_temp.clash(:monday, :later), 'free free', 'nor is a quarter to twelve the Monday that begins'
);

-- What has begun can't be sold, to the second, by the clock on the wall.
create function pg_temp.past(p_section_id bigint, p_as_of timestamptz) returns text
language sql as $$
    select tests.value(
        format(
            '(select coalesce(string_agg(u.held_on || '' '' || u.code, '', ''), ''none'')
            from enrollment.unavailable_dates(%s, ''{2099-03-08,2099-11-01}'', %L) as u)',
            p_section_id, p_as_of
        )
    ) #>> '{}'
$$;
select is(pg_temp.past(:dated, '2099-03-09 03:29:59Z'), 'none', 'a second before half past eleven');
select is(pg_temp.past(:dated, '2099-03-09 03:30:00Z'), '2099-03-08 date_past', 'in summer');
select is(
    pg_temp.past(:dated, '2099-11-02 04:29:59Z'), '2099-03-08 date_past',
    'a second before, and not an hour earlier'
);
select is(
    pg_temp.past(:dated, '2099-11-02 04:30:00Z'),
    '2099-03-08 date_past, 2099-11-01 date_past', 'in winter'
);
select * from finish();
rollback;
