begin;
set local search_path = tap, public;
select plan(51);
create function pg_temp.refusal(items text, plan text default null) returns jsonb
language sql as $$
    select tests.error(
        format(
            'select tests.as_anybody(%L)', format('api.preview_price(%L, %L)', items, plan)
        )
    )
$$;
create function pg_temp.code(items jsonb, plan text default null) returns text
language sql as $$
    select pg_temp.refusal(items::text, plan) ->> 'code'
$$;
create function pg_temp.one(section bigint, more jsonb default '{}', student integer default 1)
returns jsonb language sql as $$
    select jsonb_build_array(jsonb_build_object('student', student, 'section_id', section) || more)
$$;
select tests.section('Try Mon', '{1}') as monday \gset
select tests.section('Try Tue', '{2}') as tuesday \gset
select tests.section('Try camp', '{3}', p_mode => 'tiered') as camp \gset
select tests.section('Try dates', '{4}', p_mode => 'drop_in') as dates \gset
select tests.section('Try elsewhere', p_level => 'open', p_studio => 'elmst') as elsewhere \gset
select tests.tier_price(:camp, 'all_day', 100), tests.date_price(:dates, 100) \g /dev/null

-- What is no list of choices.
select is(pg_temp.refusal(i.items) ->> 'code', i.code, i.what)
from (
    values
    (null, 'request_malformed', 'nothing'), ('{}', 'request_malformed', 'an object'),
    ('"a"', 'request_malformed', 'a text'), ('null', 'request_malformed', 'null'),
    ('[]', 'cart_empty', 'no class')
) as i (items, code, what);
select is(
    pg_temp.refusal(
        (select jsonb_agg(pg_temp.one(:monday) -> 0) from generate_series(1, 51))::text
    ) ->> 'message',
    'At most 50 classes can be priced at once.', '51 classes'
);
select is(
    (
        select e.value ->> 'code' || ' ' || (e.value ->> 'details')
        from pg_temp.refusal(
            format('[{"student": 1, "section_id": %s}, %s]', :monday, i.item)
        ) as e (value)
    ),
    'preview_invalid ' || jsonb_build_object('item', 2, 'problem', i.problem)::text, i.item
)
from (
    values
    ('7', 'it must be an object'), ('null', 'it must be an object'), ('[]', 'it must be an object'),
    (
        '{"student": 1, "section_id": 1, "price": 1}',
        'it has a student, section id, tier, weekdays, dates and add ons, and no more'
    ),
    ('{"section_id": 1}', 'student must be a whole number from 1 to 10'),
    ('{"student": 0, "section_id": 1}', 'student must be a whole number from 1 to 10'),
    ('{"student": 11, "section_id": 1}', 'student must be a whole number from 1 to 10'),
    ('{"student": 1.5, "section_id": 1}', 'student must be a whole number from 1 to 10'),
    ('{"student": "1", "section_id": 1}', 'student must be a whole number from 1 to 10'),
    ('{"student": 1}', 'section id must be that of a class'),
    ('{"student": 1, "section_id": "1"}', 'section id must be that of a class'),
    ('{"student": 1, "section_id": 1e30}', 'section id must be that of a class'),
    ('{"student": 1, "section_id": 0.5}', 'section id must be that of a class'),
    ('{"student": 1, "section_id": 1, "tier": 1}', 'tier must be a code'),
    (
        '{"student": 1, "section_id": 1, "dates": "2027-01-31"}',
        'dates must be a list of dates as 2027-01-31'
    ),
    (
        '{"student": 1, "section_id": 1, "dates": ["2027-02-30"]}',
        'dates must be a list of dates as 2027-01-31'
    ),
    (
        '{"student": 1, "section_id": 1, "dates": [null]}',
        'dates must be a list of dates as 2027-01-31'
    ),
    ('{"student": 1, "section_id": 1, "add_ons": "early"}', 'add ons must be a list of codes'),
    ('{"student": 1, "section_id": 1, "add_ons": [null]}', 'add ons must be a list of codes')
) as i (item, problem);

-- What a cart would refuse, it refuses by the same words.
select is(pg_temp.code(pg_temp.one(:elsewhere)), 'section_not_found', 'of another studio');
select is(pg_temp.code(pg_temp.one(9223372036854775807)), 'section_not_found', 'of none');
select is(
    pg_temp.code(pg_temp.one(:monday) || pg_temp.one(:monday)), 'already_in_cart',
    'the same class twice for one student'
);
select is(
    pg_temp.code(pg_temp.one(:monday) || pg_temp.one(:monday, '{}', 2)), null,
    'but once for each of two'
);
select is(pg_temp.code(pg_temp.one(:camp)), 'tier_required', 'no tier');
select is(pg_temp.code(pg_temp.one(:camp, '{"tier": "night"}')), 'tier_unknown', 'no such tier');
select is(
    pg_temp.code(pg_temp.one(:monday, '{"tier": "all_day"}')), 'tier_not_offered',
    'a tier of what has none'
);
select is(
    pg_temp.code(pg_temp.one(:camp, '{"tier": "first_half"}')), 'price_missing',
    'a tier without a price'
);
select is(pg_temp.code(pg_temp.one(:dates)), 'dates_required', 'no dates');
select is(pg_temp.code(pg_temp.one(:dates, '{"dates": []}')), 'dates_required', 'not one date');
select is(
    pg_temp.code(pg_temp.one(:monday, '{"dates": []}')), 'dates_not_offered',
    'dates of what is sold as a whole'
);
select is(
    pg_temp.code(
        pg_temp.one(
            :dates,
            jsonb_build_object('dates', tests.dates(:dates) || tests.dates(:dates))
        )
    ),
    'dates_invalid', 'a date twice'
);
select is(
    pg_temp.code(pg_temp.one(:dates, '{"dates": ["2000-01-01"]}')), 'date_unknown',
    'a date without a meeting'
);
select is(
    tests.what_if(
        format(
            'update catalog.meetings as m
            set starts_at = now() - interval ''1 hour'', ends_at = now()
            where m.section_id = %s and m.held_on = %L', :dates, (tests.dates(:dates))[1]
        ),
        format(
            'pg_temp.code(pg_temp.one(%s, %L))', :dates,
            jsonb_build_object('dates', tests.dates(:dates))
        )
    ) #>> '{}',
    'date_past', 'a date that has begun'
);
select is(
    pg_temp.code(pg_temp.one(:monday, '{"add_ons": ["wings"]}')), 'add_on_unknown',
    'no such add-on'
);
select is(pg_temp.code(pg_temp.one(:monday), 'never'), 'plan_unknown', 'no such plan');
select is(
    tests.what_if(
        'insert into pricing.payment_plans
        (studio_id, term_id, kind, code, label, auto_pay, accepts_checkout)
        values (auth.studio_id(), tests.term(), ''custom'', ''custom'', ''Ours'', false, false)',
        format('pg_temp.code(pg_temp.one(%s), ''custom'')', :monday)
    ) #>> '{}',
    'plan_unknown', 'what staff arrange is for a cart'
);
select is(
    pg_temp.code(
        pg_temp.one(tests.section('Try little', '{1}', 'early_childhood')), 'monthly'
    ),
    'plan_not_offered', 'a plan that its division does not offer'
);
select is(
    tests.what_if(
        'select tests.supersede(''rates'', ''true'')',
        format('pg_temp.code(pg_temp.one(%s))', :monday)
    ) #>> '{}',
    'rate_missing', 'no rate'
);
select is(
    tests.what_if(
        format('update catalog.sections as s set status = ''closed'' where s.id = %s', :monday),
        format('pg_temp.code(pg_temp.one(%s))', :monday)
    ) #>> '{}',
    'section_not_open', 'a class that is closed'
);
-- What is hidden is for staff, a draft for nobody.
select is(
    tests.what_if(
        'update catalog.classes as k set visibility = ''hidden'' where k.title = ''Try Mon''',
        format('pg_temp.code(pg_temp.one(%s))', :monday)
    ) #>> '{}',
    'section_not_found', 'a hidden class'
);
select is(
    tests.what_if(
        'update catalog.classes as k set visibility = ''hidden'' where k.title = ''Try Mon''',
        format(
            'tests.as_staff(%s, %L) ->> ''total_minor''', tests.worker(),
            format('api.preview_price(%L)', pg_temp.one(:monday))
        )
    ) #>> '{}',
    '91643', 'staff give it: 796.43 + 65 + 15 + 40'
);
select is(
    tests.what_if(
        'update catalog.terms as t set status = ''draft'' where t.studio_id = auth.studio_id()',
        format('pg_temp.code(pg_temp.one(%s))', :monday)
    ) #>> '{}',
    'section_not_found', 'a class of a draft'
);
select tests.run(
    $$
    with later as (
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at,
            status
        )
        select
            t.studio_id, 'Later', t.ends_on + 30, t.ends_on + 90, t.registration_opens_at,
            t.registration_closes_at, 'published'
        from catalog.terms as t
        where t.id = tests.term()
        returning *
    ),

    class as (
        insert into catalog.classes (
            studio_id, term_id, title, discipline, price_mode, division_id
        )
        select t.studio_id, t.id, 'Try later', k.discipline, k.price_mode, k.division_id
        from later as t
        inner join catalog.classes as k on k.studio_id = t.studio_id and k.title = 'Try Mon'
        returning *
    )

    insert into catalog.sections (
        studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on, capacity
    )
    select
        k.studio_id, k.term_id, k.id, k.price_mode, l.id, 'Later', t.starts_on, t.ends_on, 1
    from class as k
    inner join later as t on k.term_id = t.id
    inner join studio.locations as l on k.studio_id = l.studio_id
    limit 1
    $$
) \g /dev/null
select s.id as later from catalog.sections as s where s.name = 'Later' \gset
select is(
    pg_temp.code(pg_temp.one(:monday) || pg_temp.one(:later, '{}', 2)), 'terms_mixed',
    'classes of two terms'
);
select is(pg_temp.code(pg_temp.one(:later)), 'plan_unknown', 'each has plans of its own');
select is(
    (select count(*) from pricing.quotes) + (select count(*) from pricing.coupon_attempts),
    0::bigint, 'nothing was written by any of them'
);
select * from finish();
rollback;
