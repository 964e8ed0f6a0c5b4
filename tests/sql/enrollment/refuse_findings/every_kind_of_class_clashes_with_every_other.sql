-- Weekly and dated, first and second: each of the four pairs, in the cart, against what is
-- enrolled, and by the constraint alone. A camp clashes in the hours of its tier.
begin;
set local search_path = tap, public;
select plan(27);
select tests.section('Weekly', '{1}') as weekly \gset
select tests.section(
    'Weekly too', '{1}', p_starts_at => '10:30', p_ends_at => '11:30'
) as weekly_too \gset
select tests.section('Dated', '{1}', p_mode => 'drop_in') as dated \gset
select tests.section(
    'Dated too', '{1}', p_mode => 'drop_in', p_starts_at => '10:30', p_ends_at => '11:30'
) as dated_too \gset
select tests.section('Other weekly', '{2}') as elsewhere \gset
select tests.date_price(:dated, 100), tests.date_price(:dated_too, 100) \g /dev/null

create temporary table pairs (first bigint, second bigint, what text);
insert into pairs values
(:weekly, :weekly_too, 'weekly and weekly'),
(:weekly, :dated, 'weekly and dated'),
(:dated, :weekly, 'dated and weekly'),
(:dated, :dated_too, 'dated and dated');
select is(
    (tests.checkout_error(tests.cart(tests.student(tests.family()), p.first, p.second))) ->> 'code',
    'schedule_conflict', p.what || ', in one cart'
)
from pairs as p;
create function pg_temp.after(p_first bigint, p_second bigint) returns jsonb language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
begin
    perform tests.confirmed(tests.cart(v_student_id, p_first));
    return tests.checkout_error(tests.cart(v_student_id, p_second));
end;
$$;
select is(
    (r.refusal ->> 'message'),
    format('%s and %s are at the same time.', r.second_title, r.first_title),
    p.what || ', one enrolled before'
)
from pairs as p
cross join lateral (
    select
        pg_temp.after(p.first, p.second) as refusal,
        (select k.title from catalog.classes as k inner join catalog.sections as s
            on s.class_id = k.id where s.id = p.first) as first_title,
        (select k.title from catalog.classes as k inner join catalog.sections as s
            on s.class_id = k.id where s.id = p.second) as second_title
) as r;

-- Without findings: the trigger, which names the classes; and without it the constraint.
create function pg_temp.moved(p_first bigint, p_second bigint, p_triggers text) returns text
language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_free_id constant bigint := tests.section(
        'Free ' || gen_random_uuid(), '{3}', p_level => null, p_mode => case when (
            select s.price_mode from catalog.sections as s where s.id = p_second
        ) = 'drop_in' then 'drop_in' else 'tiered' end
    );
    v_error jsonb;
begin
    if (select s.price_mode from catalog.sections as s where s.id = v_free_id) = 'drop_in' then
        perform tests.date_price(v_free_id, 100);
    else
        perform tests.tier_price(v_free_id, 'all_day', 100);
    end if;
    perform tests.confirmed(tests.cart(v_student_id, p_first));
    perform tests.held(tests.cart(v_student_id, v_free_id));
    perform set_config('session_replication_role', p_triggers, true);
    v_error := tests.error(
        format(
            'select tests.run(%L)',
            format(
                'update enrollment.seats set during = n.during, unshared = n.during
                from (
                    select range_agg(tstzrange(m.starts_at, m.ends_at)) as during
                    from catalog.meetings as m
                    where m.section_id = %s
                ) as n
                where student_id = %s and section_id = %s', p_second, v_student_id, v_free_id
            )
        )
    );
    perform set_config('session_replication_role', 'origin', true);
    return case when p_triggers = 'origin' then v_error ->> 'code' else v_error ->> 'details' end;
end;
$$;
select is(
    pg_temp.moved(p.first, p.second, 'origin'), 'schedule_conflict', p.what || ', by the trigger'
)
from pairs as p;
select is(
    pg_temp.moved(p.first, p.second, 'replica'), 'seats_student_in_one_place',
    p.what || ', by the constraint'
)
from pairs as p;

-- A date on which the other class is not held is no clash.
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled'' where section_id = %s
        and held_on = %L', :weekly, (tests.dates(:dated))[1]
    )
);
select is(pg_temp.after(:weekly, :dated), null, 'weekly and dated, cancelled on that date');
select is(pg_temp.after(:dated, :weekly), null, 'dated and weekly, cancelled on that date');
select is(pg_temp.after(:dated, :elsewhere), null, 'another day');

-- A clash with several dates of one class is one finding.
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.put(
    :cart, :student, :dated, format('dates => %L', tests.dates(:dated, 4)::text)
) as item \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :weekly_too) as cart \gset
select is(
    jsonb_array_length(tests.quote(:cart) -> 'findings'), 1, 'four dates at the hour, one finding'
);

-- A camp from nine to three, sold by the half day; what counts is the tier.
select tests.section(
    'Camp', '{1}', p_mode => 'tiered', p_starts_at => '09:00', p_ends_at => '15:00'
) as camp \gset
select tests.tier_price(:camp, 'all_day', 100), tests.tier_price(:camp, 'first_half', 100)
\g /dev/null
select tests.section('At noon', '{1}', p_starts_at => '12:00', p_ends_at => '13:00') as noon \gset
select tests.section('At eleven', '{1}', p_starts_at => '11:00', p_ends_at => '12:00') as eleven
\gset
create function pg_temp.with_camp(
    p_camp bigint, p_tier text, p_section bigint, p_camp_first boolean
)
returns text language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id bigint := tests.open_cart(v_student_id);
begin
    if p_camp_first then
        perform tests.put(v_cart_id, v_student_id, p_camp, format('tier => %L', p_tier));
        perform tests.confirmed(v_cart_id);
        return tests.checkout_error(tests.cart(v_student_id, p_section)) ->> 'code';
    end if;
    perform tests.confirmed(tests.cart(v_student_id, p_section));
    v_cart_id := tests.open_cart(v_student_id);
    perform tests.put(v_cart_id, v_student_id, p_camp, format('tier => %L', p_tier));
    return tests.checkout_error(v_cart_id) ->> 'code';
end;
$$;
select is(
    pg_temp.with_camp(:camp, 'all_day', :noon, true), 'schedule_conflict',
    'all day, and a class at noon'
);
select is(
    pg_temp.with_camp(:camp, 'all_day', :noon, false), 'schedule_conflict', 'the other way round'
);
select is(pg_temp.with_camp(:camp, 'first_half', :noon, true), null, 'till noon: they touch');
select is(pg_temp.with_camp(:camp, 'first_half', :noon, false), null, 'the other way round');
select is(
    pg_temp.with_camp(:camp, 'first_half', :eleven, true), 'schedule_conflict',
    'till noon, and a class at eleven'
);
select is(
    pg_temp.with_camp(:camp, 'first_half', :eleven, false), 'schedule_conflict',
    'the other way round'
);
select is(
    pg_temp.with_camp(:camp, 'all_day', :dated, true), 'schedule_conflict', 'and a dated class'
);
select * from finish();
rollback;
