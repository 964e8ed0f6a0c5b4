begin;
set local search_path = tap, public;
select plan(16);
select tests.section('Ten to eleven', '{1}') as ten \gset
select tests.section(
    'Eleven to twelve', '{1}', p_starts_at => '11:00', p_ends_at => '12:00'
) as eleven \gset
select tests.section(
    'Half past ten', '{1}', p_starts_at => '10:30', p_ends_at => '11:30'
) as half_past \gset
select tests.section('Tuesday at ten', '{2}') as tuesday \gset
select tests.section('Mon Wed at ten', '{1,3}') as twice \gset

-- Within one cart.
select tests.cart(tests.student(tests.family()), :ten, :eleven, :tuesday) as cart \gset
select is(tests.checkout_error(:cart), null, 'touching times and other days are no clash');
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :ten, :half_past) as cart \gset
create temporary table refusal as select tests.checkout_error(:cart) as body;
select is(
    (select body ->> 'code' from refusal), 'schedule_conflict', 'half an hour together is one'
);
select is(
    (select body ->> 'message' from refusal),
    'Ten to eleven and Half past ten are at the same time.',
    'which class with which, in a sentence'
);
select is(
    (select (body ->> 'details')::jsonb from refusal),
    jsonb_build_object(
        'title', 'Ten to eleven', 'other_title', 'Half past ten', 'student_id', :student,
        'section_id', :ten, 'other_section_id', :half_past
    ),
    'and for programs'
);
select tests.cart(tests.student(tests.family()), :ten, :twice) as cart \gset
select is(tests.checkout_error(:cart) ->> 'code', 'schedule_conflict', 'one of two days is enough');
select tests.family() as family \gset
select tests.cart(tests.student(:family, 'One'), :ten) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :half_past) as cart \gset
select is(tests.checkout_error(:cart), null, 'two students may be in two places');

-- Against what the student has already.
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :ten) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :half_past) as cart \gset
select is(
    (
        select v.value - 'message' - 'cart_item_id'
        from jsonb_array_elements(tests.quote(:cart) -> 'findings') as v
    ),
    jsonb_build_object(
        'code', 'schedule_conflict', 'enforcement', 'hard_block', 'student_id', :student,
        'section_id', :half_past,
        'details', jsonb_build_object(
            'title', 'Half past ten', 'other_title', 'Ten to eleven', 'other_section_id', :ten
        )
    ),
    'the quote says so'
);
select is(tests.checkout_error(:cart) ->> 'code', 'schedule_conflict', 'checkout refuses it');
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.cart(:student, :eleven) as cart \gset
select is(tests.quote(:cart) -> 'findings', '[]', 'the class right after it is none');
select is(tests.checkout_error(:cart), null, 'and can be had');

-- A lapsed hold of the family's own clashes with nothing.
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :ten) as cart \gset
select tests.held(:cart) as registration \gset
select tests.lapse(:registration);
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.cart(:student, :half_past) as cart \gset
select is(tests.quote(:cart) -> 'findings', '[]', 'no finding against a hold that has lapsed');
select is(tests.checkout_error(:cart), null, 'nor any refusal');

-- The weeks of the clock changes: noon is noon, before and after.
create temporary table clocks as
select 'eleven' as title, tests.section(
    'Clock eleven', '{1}', p_starts_at => '11:00', p_ends_at => '12:00',
    p_starts_on => '2028-03-01', p_ends_on => '2028-11-30'
) as section_id
union all
select 'noon', tests.section(
    'Clock noon', '{1}', p_starts_at => '12:00', p_ends_at => '13:00', p_starts_on => '2028-03-01',
    p_ends_on => '2028-11-30'
)
union all
select 'one day', tests.section(
    'Clock in March', '{1}', p_starts_at => '12:30', p_ends_at => '13:30',
    p_starts_on => '2028-03-13', p_ends_on => '2028-03-13'
);
create temporary table spans as
select c.title, range_agg(tstzrange(m.starts_at, m.ends_at)) as during
from clocks as c
inner join catalog.meetings as m on c.section_id = m.section_id
group by c.title;
select ok(not (a.during && b.during), 'touching classes touch in summer and in winter')
from spans as a, spans as b where a.title = 'eleven' and b.title = 'noon';
select ok(a.during && b.during, 'a clash on the Monday after the clock change is one')
from spans as a, spans as b where a.title = 'noon' and b.title = 'one day';

-- The trigger stands behind the findings.
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :ten, :tuesday) as cart \gset
select tests.held(:cart) as registration \gset
select is(
    tests.error(
        format(
            $sql$select tests.run($$update enrollment.seats set during = (
                select during from enrollment.seats where student_id = %1$s and section_id = %2$s
            )
            where student_id = %1$s and section_id = %3$s$$)$sql$, :student, :ten, :tuesday
        )
    ) ->> 'message',
    'Tuesday at ten and Ten to eleven are at the same time.',
    'whoever moves a seat, the trigger refuses it and says which class clashes with which'
);

-- A clash that comes about after the findings: the claim asks for them again.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :ten) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :half_past) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
create function pg_temp.claimed(p_cart_id bigint, p_quote_id bigint) returns jsonb
language plpgsql as $$
begin
    return tests.error(
        format(
            'select tests.run(%L)',
            format(
                'with made as (
                    insert into enrollment.registrations (
                        studio_id, family_id, term_id, cart_id, quote_id, total_minor,
                        hold_expires_at
                    )
                    select studio_id, family_id, term_id, cart_id, id, total_minor,
                    now() + interval ''1 hour''
                    from pricing.quotes where id = %2$s returning *
                )
                insert into enrollment.enrollments (
                    studio_id, family_id, registration_id, student_id, section_id, price_mode
                )
                select i.studio_id, i.family_id, m.id, i.student_id, i.section_id, i.price_mode
                from made as m inner join enrollment.cart_items as i on i.cart_id = m.cart_id;
                select set_config(''callboard.family_id'', (
                    select family_id::text from enrollment.carts where id = %1$s
                ), true);
                select enrollment.claim_seats(max(id)) from enrollment.registrations
                where cart_id = %1$s',
                p_cart_id, p_quote_id
            )
        )
    );
end;
$$;
select is(
    pg_temp.claimed(:cart, :quote) ->> 'message',
    'Half past ten and Ten to eleven are at the same time.',
    'and says which class clashes with which'
);
select * from finish();
rollback;
