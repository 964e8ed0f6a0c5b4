begin;
set local search_path = tap, public;
select plan(15);
create function pg_temp.prices(studio text default 'aydt') returns jsonb language sql as $$
    select tests.as_anybody(
        format(
            '(select jsonb_agg(to_jsonb(p)) from api.section_prices(%s) as p)', tests.term(studio)
        ),
        studio
    )
$$;
-- "tier tuition fees discount total highest refusal" of each row of a section
create function pg_temp.price(section bigint) returns text language sql as $$
    select
        string_agg(
            concat_ws(
                ' ', p.tier, p.tuition_minor, p.fees_minor, p.discount_minor, p.total_minor,
                p.highest_total_minor, p.refusal
            ),
            ', ' order by p.position
        )
    from rows from (
        jsonb_to_recordset(pg_temp.prices()) as (
            section_id bigint, tier text, tuition_minor bigint, fees_minor bigint,
            discount_minor bigint, total_minor bigint, highest_total_minor bigint, refusal text
        )
    ) with ordinality as p (
        section_id, tier, tuition_minor, fees_minor, discount_minor, total_minor,
        highest_total_minor, refusal, position
    )
    where p.section_id = $1
$$;
select tests.section('Tag senior', '{1,3}') as senior \gset
select tests.section('Tag camp', '{3}', p_mode => 'tiered') as camp \gset
select tests.section('Tag dates', '{4}', p_mode => 'drop_in') as dates \gset
select tests.section('Tag over', '{5}', p_mode => 'drop_in') as over \gset
select tests.section('Tag unpriced', '{6}', p_mode => 'tiered') as unpriced \gset
select
    tests.tier_price(:camp, 'all_day', 30000), tests.tier_price(:camp, 'first_half', 17500),
    tests.date_price(:dates, 2500), tests.date_price(:over, 2500),
    tests.date_price(:dates, 4000, (tests.dates(:dates, 2))[2]),
    tests.date_price(:dates, 1800, (tests.dates(:dates, 3))[3]),
    tests.add_on(:camp, 'lunch', 2000, true), tests.add_on(:camp, 'late', 1500),
    tests.run(
        format(
            'update catalog.meetings as m
            set
                starts_at = m.starts_at - interval ''1 year'',
                ends_at = m.ends_at - interval ''1 year''
            where m.section_id = %s', :over
        )
    ) \g /dev/null
-- Two days: 1,553.04; costume 65, video 15, registration 40
select is(
    pg_temp.price(:senior), '155304 12000 0 167304 167304', 'tuition, fees and both together'
);
select is(
    pg_temp.price(:camp),
    'first_half 17500 6000 0 23500 23500, all_day 30000 6000 0 36000 36000',
    'each tier in its order, with registration 40 and the add-on that is required, 20'
);
select is(
    pg_temp.price(:dates), '1800 0 0 1800 4000', 'the date that costs least, and the most'
);
select is(pg_temp.price(:over), 'date_past', 'no date is to come');
select is(
    pg_temp.price(:unpriced), 'first_half price_missing, all_day price_missing',
    'no price is a refusal, not 0'
);
select is(
    tests.what_if(
        format('update catalog.sections as s set status = ''closed'' where s.id = %s', :senior),
        format('pg_temp.price(%s)', :senior)
    ) #>> '{}',
    null, 'a class that is closed is not sold'
);
select is(
    tests.what_if(
        'update catalog.classes as k set visibility = ''hidden'' where k.title = ''Tag senior''',
        format('pg_temp.price(%s)', :senior)
    ) #>> '{}',
    null, 'a hidden one is not shown'
);
-- 10 % off tuition: 155.30; then 20 % of what is left, 1,397.74, by itself: 279.55
select tests.discount('{"code": "all", "reduces_fees": false}') \g /dev/null
select tests.coupon('{"key": "auto", "code": null, "applies_to": ["tuition"]}') \g /dev/null
select is(
    pg_temp.price(:senior), '155304 12000 -43485 123819 123819', 'what is taken off without a code'
);
select is(
    (
        select count(*)
        from jsonb_array_elements(pg_temp.prices()) as p (value)
        where
            p.value ->> 'refusal' is null
            and (p.value ->> 'total_minor')::bigint
            <> (p.value ->> 'tuition_minor')::bigint + (p.value ->> 'fees_minor')::bigint
            + (p.value ->> 'discount_minor')::bigint
    ),
    0::bigint, 'the three are the total, everywhere'
);
-- Each by itself, as the preview has it.
select is(
    (
        select string_agg(p.value::text, ' ')
        from jsonb_array_elements(pg_temp.prices()) as p (value)
        inner join catalog.sections as s on (p.value ->> 'section_id')::bigint = s.id
        where
            p.value ->> 'refusal' is null
            and s.price_mode <> 'drop_in'
            and p.value -> 'total_minor' <> tests.as_anybody(
                format(
                    'api.preview_price(%L)',
                    jsonb_build_array(
                        jsonb_strip_nulls(
                            jsonb_build_object(
                                'student', 1, 'section_id', s.id, 'tier', p.value -> 'tier'
                            )
                        )
                    )
                )
            ) -> 'total_minor'
    ),
    null, 'every class costs what a preview of it says'
);
select cmp_ok(
    jsonb_array_length(pg_temp.prices()), '>', 40, 'these were many'
);
select is(
    (
        select count(*)
        from jsonb_array_elements(pg_temp.prices('elmst')) as p (value)
        inner join catalog.sections as s on (p.value ->> 'section_id')::bigint = s.id
        inner join studio.studios as o on s.studio_id = o.id
        where o.slug <> 'elmst'
    ),
    0::bigint, 'those of another studio are not among them'
);
create function pg_temp.code(term bigint) returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_anybody(%L)',
            format('(select count(*) from api.section_prices(%L))', term)
        )
    )
$$;
select is(
    string_agg(pg_temp.code(t.id), ' '), 'term_not_found term_not_found term_not_found',
    'a term of another studio, no term, null'
)
from (values (tests.term('elmst')), (0), (null)) as t (id);
select is(
    tests.what_if(
        'update catalog.terms as t set status = ''draft'' where t.studio_id = auth.studio_id()',
        format('pg_temp.code(%s)', tests.term())
    ) #>> '{}',
    'term_not_found', 'a draft'
);
select is(
    tests.what_if(
        'select tests.supersede(''payment_plans'', ''true'')',
        format('pg_temp.code(%s)', tests.term())
    ) #>> '{}',
    'plan_unknown', 'a term without a plan to pay in full'
);
select * from finish();
rollback;
