-- A cart that nothing speaks against, and then each thing alone that does: what is looked at once
-- must not hide any of them.
begin;
set local search_path = tap, public;
select plan(19);
select tests.section('Looked at', '{1}') as section \gset
select tests.section('By tier', '{2}', p_mode => 'tiered') as tiered \gset
select tests.section('By date', '{3}', p_mode => 'drop_in') as dated \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :section) as cart \gset
select tests.cart(tests.student(tests.family()), :tiered) as cart_by_tier \gset
select tests.cart(tests.student(tests.family()), :dated) as cart_by_date \gset

-- What is found in a cart after a change, which is undone.
create function pg_temp.found(p_cart_id bigint, p_change text) returns text language plpgsql as $$
declare
    v_codes text;
begin
    perform tests.run(p_change);
    select string_agg(distinct f.value ->> 'code', ' ') into v_codes
    from jsonb_array_elements(
        tests.as_family(
            tests.family_of_cart(p_cart_id), format('api.check_cart(%s)', p_cart_id)
        )
    ) as f;
    raise exception using message = 'found ' || coalesce(v_codes, 'nothing');
exception
    when raise_exception then return sqlerrm;
end;
$$;
select is(
    pg_temp.found(c.id, 'select 1'), 'found nothing', 'nothing speaks against the cart ' || c.what
)
from (values (:cart, 'of a class'), (:cart_by_tier, 'by tier'), (:cart_by_date, 'by date'))
    as c (id, what);
select is(
    pg_temp.found(:cart, 'update catalog.terms set status = ''draft'' where id = ' || tests.term()),
    'found term_not_open', 'the term is a draft again'
);
select is(
    pg_temp.found(
        :cart, 'update catalog.terms set registration_opens_at = now() + interval ''1 minute'',
        registration_closes_at = now() + interval ''2 minutes'' where id = ' || tests.term()
    ),
    'found term_not_open', 'registration was put off'
);
select is(
    pg_temp.found(
        :cart, 'update catalog.sections set status = ''closed'' where id = ' || :section
    ),
    'found section_not_open', 'the section was closed'
);
select is(
    pg_temp.found(
        :cart, 'update catalog.meetings set status = ''cancelled'' where section_id = ' || :section
    ),
    'found section_not_open', 'no meeting of it takes place'
);
select is(
    pg_temp.found(
        :cart_by_tier, 'update catalog.section_tiers set is_offered = false where section_id = '
        || :tiered
    ),
    'found tier_unknown', 'the tier is no longer offered'
);
select is(
    pg_temp.found(
        :cart_by_date, format(
            'update catalog.meetings set status = ''cancelled''
            where section_id = %s and held_on = any(%L)', :dated, tests.dates(:dated)
        )
    ),
    'found date_unknown', 'the date was cancelled'
);
select is(
    pg_temp.found(
        :cart_by_date, format(
            'update catalog.meetings set starts_at = now() - interval ''1 minute''
            where section_id = %s and held_on = any(%L)', :dated, tests.dates(:dated)
        )
    ),
    'found date_past', 'the date has begun'
);

-- Places that are taken as of a number, on all dates or on one.
create function pg_temp.taken(p_section_id bigint, p_from integer, p_held_on date default null)
returns text
language sql
as $$
    select format(
        'update enrollment.places set taken = datemultirange(daterange(%L, %L))
        where section_id = %s and place_number >= %s',
        p_held_on, p_held_on + 1, p_section_id, p_from
    )
$$;
select is(pg_temp.found(:cart, pg_temp.taken(:section, 2)), 'found nothing', 'one place is left');
select is(
    pg_temp.found(:cart, pg_temp.taken(:section, 1)), 'found seat_unavailable', 'none is left'
);
select is(
    pg_temp.found(:cart_by_date, pg_temp.taken(:dated, 1, d.held_on)),
    case when d.is_picked then 'found seat_unavailable' else 'found nothing' end,
    'none is left on a date that is picked: ' || d.is_picked
)
from unnest(tests.dates(:dated, 2), '{t,f}'::boolean []) as d (held_on, is_picked);
select tests.cart(tests.student(tests.family()), :section) as cart_of_two \gset
select tests.cart(tests.student(tests.family_of_cart(:cart_of_two)), :section) \g /dev/null
select is(
    pg_temp.found(:cart_of_two, pg_temp.taken(:section, n.taken_from)),
    n.found, n.taken_from - 1 || ' left for two'
)
from (values (3, 'found nothing'), (2, 'found seat_unavailable')) as n (taken_from, found);
-- A seat at these hours, first held and then lapsed.
select tests.section('At the same time', '{1}') as same_hours \gset
select tests.cart(tests.student(tests.family()), :section) as held_cart \gset
select tests.held(:held_cart) as held \gset
select format(
    'update enrollment.cart_items set section_id = %s where cart_id = %s', :same_hours, :held_cart
) as instead \gset
select is(
    pg_temp.found(:held_cart, :'instead'), 'found schedule_conflict', 'a seat at the same time'
);
select tests.lapse(:held);
select is(pg_temp.found(:held_cart, :'instead'), 'found nothing', 'its hold has lapsed');

-- Whoever is enrolled has a seat at these hours; without it there is still the enrollment.
select tests.confirmed(:cart) \g /dev/null
select tests.open_cart(:student) as cart_again \gset
select is(
    pg_temp.found(
        :cart_again, format(
            'insert into enrollment.cart_items (
                studio_id, family_id, cart_id, student_id, section_id, price_mode
            )
            select e.studio_id, e.family_id, %s, e.student_id, e.section_id, e.price_mode
            from enrollment.enrollments as e where e.student_id = %s;
            delete from enrollment.seats where student_id = %2$s', :cart_again, :student
        )
    ),
    'found already_enrolled', 'enrolled since'
);
select * from finish();
rollback;
