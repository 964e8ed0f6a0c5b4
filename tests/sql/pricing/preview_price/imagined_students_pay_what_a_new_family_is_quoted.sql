begin;
set local search_path = tap, public;
select plan(21);
-- A price as its reader sees it, without ids and names of who it is for.
create function pg_temp.bare(document jsonb) returns jsonb language sql as $$
    select
        jsonb_build_object(
            'students', (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'subtotal_minor', s.value -> 'subtotal_minor',
                            'lines', (
                                select jsonb_agg(l.value - 'student_id' order by l.position)
                                from jsonb_array_elements(s.value -> 'lines')
                                with ordinality as l (value, position)
                            )
                        )
                        order by s.position
                    )
                from jsonb_array_elements(document -> 'students')
                with ordinality as s (value, position)
            )
        )
        || (document - array['students', 'quote_id', 'cart_id', 'findings'])
$$;
create function pg_temp.preview(items jsonb, plan text default null) returns jsonb
language sql as $$
    select tests.as_anybody(format('api.preview_price(%L, %L)', items, plan))
$$;
create function pg_temp.item(student integer, section bigint, more jsonb default '{}')
returns jsonb language sql as $$
    select jsonb_build_object('student', student, 'section_id', section) || more
$$;

-- The worked example of the design.
select jsonb_agg(pg_temp.item(i.student, tests.demo_section(i.title))) as items
from (
    values
    (2, 'Tap 2'), (1, 'Technique 1'), (1, 'Ballet 4'), (2, 'Hip-Hop 2'), (1, 'Jazz 3'),
    (1, 'Contemporary 1')
) as i (student, title) \gset
create temporary table example as select pg_temp.preview(:'items') as document;
select is(
    (select tests.lines_text(e.document) from example as e),
    'senior 226983, technique 71678, costume_senior 19500, video 1500, registration 4000, '
    || 'junior 151306, costume_junior 11000, registration 4000, family_discount -5000',
    'the lines of the worked example, in whatever order the classes are named'
);
select is(
    (select e.document ->> 'total_minor' from example as e), '484967', 'and its total'
);
select results_eq(
    $$
        select
            s.value ->> 'name', (s.value ->> 'student_id')::integer,
            (s.value ->> 'subtotal_minor')::integer
        from example as e, jsonb_array_elements(e.document -> 'students') as s
    $$,
    $$values ('Student 1', 1, 323661), ('Student 2', 2, 166306)$$,
    'students have numbers for names'
);
-- 4,849.67 and 5 × 5.00: four parts of 974.93, the last of 974.95
select is(
    (
        select string_agg(p.value ->> 'amount_minor', ' ' order by p.value -> 'number')
        from jsonb_array_elements(pg_temp.preview(:'items', 'monthly') -> 'schedule') as p
    ),
    '97493 97493 97493 97493 97495', 'monthly, with the fee of five payments'
);

-- Everything that can be picked, beside rules of every kind.
select tests.section('Look Mon', '{1}') as monday \gset
select tests.section('Look Tue', '{2}') as tuesday \gset
select tests.section('Look camp', '{3}', p_mode => 'tiered') as camp \gset
select tests.section('Look dates', '{4}', p_mode => 'drop_in') as dates \gset
select tests.section('Look junior', '{5}', 'junior') as junior \gset
select
    tests.tier_price(:camp, 'all_day', 30000), tests.tier_price(:camp, 'first_half', 17500),
    tests.date_price(:dates, 2500), tests.date_price(:dates, 3000, (tests.dates(:dates, 2))[2]),
    tests.add_on(:camp, 'lunch', 2000, true), tests.add_on(:camp, 'late', 1500),
    tests.add_on(:camp, 'early', 1000) \g /dev/null
select jsonb_build_object('dates', tests.dates(:dates, 3)) as three \gset
select jsonb_build_array(
    pg_temp.item(1, :camp, '{"tier": "first_half", "add_ons": ["early", "lunch"]}'),
    pg_temp.item(2, :dates, :'three')
) as items \gset
select is(
    tests.lines_text(pg_temp.preview(:'items')),
    'first_half 17500, registration 4000, early 1000, lunch 2000, drop_in 8000, '
    || 'family_discount -5000',
    'a tier, an add-on asked for beside one that is required, three dates'
);
select jsonb_build_array(
    pg_temp.item(3, :monday), pg_temp.item(3, :tuesday),
    pg_temp.item(3, tests.demo_section('Technique 1')),
    pg_temp.item(3, :camp, '{"tier": "first_half", "add_ons": ["early"]}'),
    pg_temp.item(7, :dates, :'three'), pg_temp.item(7, :junior)
) as items \gset
select tests.family('New') as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :tuesday, tests.demo_section('Technique 1')) as cart \gset
select tests.put(:cart, :one, :camp, '''first_half''') as item \gset
select tests.as_family(:family, format('api.set_add_on(%s, ''early'', true)', :item)) \g /dev/null
select tests.put(:cart, :two, :dates, format('null, %L', tests.dates(:dates, 3))) \g /dev/null
select tests.cart(:two, :junior) as cart \gset
create function pg_temp.same(cart bigint, items jsonb, plan text) returns text language sql as $$
    select is(
        pg_temp.bare(pg_temp.preview(items, plan)), pg_temp.bare(tests.quote(cart, plan)),
        'what a new family is quoted, to the cent and to the word, paid ' || plan
    )
$$;
select pg_temp.same(:cart, :'items', 'full');
select pg_temp.same(:cart, :'items', 'monthly');
select pg_temp.same(:cart, :'items', 'deposit');
select tests.discount(
    '{"code": "two", "category": "students_in_family", "threshold": 2, "recipients": "reaching"}'
) \g /dev/null
select tests.discount('{"code": "part"}', array[:monday]::bigint []) \g /dev/null
select tests.run('update studio.settings as s set rate_step_basis = ''weekly_meetings''
    where s.studio_id = auth.studio_id() and s.term_id is null') \g /dev/null
select pg_temp.same(:cart, :'items', 'monthly');
-- All that is prorated counts from today; the term has not begun.
select tests.run(
    format(
        'update studio.settings as s set tuition_proration = ''meetings''
        where s.studio_id = auth.studio_id() and s.term_id is null;
        update catalog.meetings as m
        set
            starts_at = m.starts_at - interval ''200 days'',
            ends_at = m.ends_at - interval ''200 days''
        where m.section_id = %s and m.held_on in (select unnest(%L::date []))',
        :monday, tests.dates(:monday, 4)
    )
) \g /dev/null
select pg_temp.same(:cart, :'items', 'full');
select matches(
    (
        select l.label from tests.lines(pg_temp.preview(:'items')) as l
        where l.kind = 'tuition' limit 1
    ),
    'classes left', 'classes that are over are not paid for'
);

-- A coupon that applies by itself, once in all: 10 %.
select tests.coupon(
    '{"key": "first", "code": null, "percent_bp": 1000, "max_uses": 1, "applies_to": ["tuition"]}'
) \g /dev/null
select pg_temp.same(:cart, :'items', 'full');
select isnt(
    tests.amount(pg_temp.preview(:'items'), 'first'), null::bigint,
    'a coupon that needs no code applies'
);
-- Somebody else takes it.
select tests.family('First') as first_family \gset
select tests.confirmed(tests.cart(tests.student(:first_family), :tuesday)) \g /dev/null
select is(
    tests.amount(pg_temp.preview(:'items'), 'first'), null::bigint, 'as long as there are uses left'
);
select pg_temp.same(:cart, :'items', 'full');

-- Whoever asks, it is the price of a new family.
select pg_temp.preview(:'items') as preview \gset
select is(
    tests.as_family(:first_family, format('api.preview_price(%L)', :'items')), :'preview'::jsonb,
    'a family with something confirmed, that used the coupon'
);
select tests.confirmed(:cart) \g /dev/null
select is(
    tests.as_family(:family, format('api.preview_price(%L)', :'items')), :'preview'::jsonb,
    'a family that has these very classes and its family discount'
);
select is(
    tests.as_staff(tests.worker(), format('api.preview_price(%L)', :'items'), :family),
    :'preview'::jsonb, 'staff that act for it'
);
select is(
    tests.as_staff(
        tests.worker('instructor'), format('api.preview_price(%L)', :'items'),
        p_role => 'instructor'
    ),
    :'preview'::jsonb, 'an instructor'
);

-- A number is no id: a student who has it has neither a name nor a price of its own here.
select min(n.number) as number
from generate_series(1, 10) as n (number)
where not exists (select from identity.students as s where s.id = n.number) \gset
select tests.run(
    format(
        'insert into identity.students
        (studio_id, id, family_id, first_name, last_name, birth_date)
        overriding system value
        values (auth.studio_id(), %s, %s, ''Secret'', ''Child'', ''2015-05-05'')',
        :number, :family
    )
) \g /dev/null
select tests.override(tests.worker(), :number, :tuesday, 1) \g /dev/null
select is(
    pg_temp.preview(jsonb_build_array(pg_temp.item(:number, :tuesday))) #> '{students,0}',
    jsonb_set(
        replace(
            pg_temp.preview(
                jsonb_build_array(pg_temp.item(1 + :number % 10, :tuesday))
            ) #>> '{students,0}',
            '"student_id": ' || (1 + :number % 10), '"student_id": ' || :number
        )::jsonb,
        '{name}', to_jsonb('Student ' || :number)
    ),
    'a number is nobody'
);
select is(
    (select count(*) from pricing.quotes as q where q.family_id not in (:family, :first_family)),
    0::bigint, 'no preview was kept'
);
select * from finish();
rollback;
