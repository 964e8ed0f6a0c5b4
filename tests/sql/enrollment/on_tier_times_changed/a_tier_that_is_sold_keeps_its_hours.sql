begin;
set local search_path = tap, public;
select plan(13);
select tests.section(
    'Kept hours', '{1}', p_mode => 'tiered', p_starts_at => '09:00', p_ends_at => '15:00'
) as camp \gset
select tests.tier_price(:camp, 'all_day', 100), tests.tier_price(:camp, 'first_half', 100)
\g /dev/null
create function pg_temp.change(p_section bigint, p_tier text, p_setting text) returns text
language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.section_tiers set %s where section_id = %s and code = %L',
                p_setting, p_section, p_tier
            )
        )
    )
$$;
select is(
    pg_temp.change(:camp, 'all_day', 'ends_at = ''16:00'''), null,
    'hours of a tier nobody has'
);
select tests.held(tests.cart(tests.student(tests.family()), :camp)) as registration \gset
select is(
    (
        select upper(t.range) at time zone 'America/New_York'
        from enrollment.seats as s
        cross join lateral (select range_merge(s.during) as range) as t
        where s.section_id = :camp
    )::time,
    '16:00'::time, 'a seat has the hours of its tier'
);
select is(
    pg_temp.change(:camp, 'all_day', 'ends_at = ''15:00'''), 'section_has_seats', 'shorter ones'
);
select is(
    pg_temp.change(:camp, 'all_day', 'ends_at = ''17:00'''), 'section_has_seats', 'or longer ones'
);
select is(
    pg_temp.change(:camp, 'all_day', 'starts_at = ''08:00'''), 'section_has_seats',
    'or earlier ones are not what a family chose'
);
select is(
    pg_temp.change(:camp, 'all_day', 'starts_at = starts_at, ends_at = ends_at'), null,
    'the same hours are'
);
select is(
    pg_temp.change(:camp, 'all_day', 'name = ''Whole day'', is_offered = false'), null,
    'its name may change, and it may be withdrawn'
);
select is(
    pg_temp.change(:camp, 'first_half', 'ends_at = ''12:30'''), null, 'another tier is free to'
);
select tests.lapse(:registration);
select is(
    pg_temp.change(:camp, 'all_day', 'ends_at = ''15:00'''), null,
    'a lapsed hold keeps nobody from it'
);
select is(tests.registration_status(:registration), 'failed', 'and is released');

-- Meetings: seats follow to other dates, at the hours of their tier.
select tests.run('update catalog.section_tiers set is_offered = true');
select tests.held(tests.cart(tests.student(tests.family()), :camp)) as registration \gset
create function pg_temp.meetings(p_section bigint, p_setting text) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format('update catalog.meetings set %s where section_id = %s', p_setting, p_section)
        )
    )
$$;
select is(
    pg_temp.meetings(:camp, 'starts_at = starts_at - interval ''1 h'''), null,
    'the section begins earlier, the tier does not'
);
select is(
    pg_temp.meetings(
        :camp, 'held_on = held_on + 1, starts_at = starts_at + interval ''1 day'',
        ends_at = ends_at + interval ''1 day'''
    ),
    null, 'other days are other days for every tier'
);
select is(
    tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.section_tiers set ends_at = ''14:00'' where studio_id <> %s
                or section_id = %s', 0, :camp
            )
        )
    ),
    'section_has_seats', 'several tiers at once'
);
select * from finish();
rollback;
