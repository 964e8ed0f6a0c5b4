-- What a move costs is exact whatever the price was made of, and a move there and back nothing.
begin;
set local search_path = tap, public;
select plan(29);
select tests.worker('staff') as desk \gset
select tests.term() as term \gset
select tests.section('One', '{1}') as one \gset
select tests.section('Two', '{2}') as two \gset
select tests.section('Twice a week', '{3,4}') as twice \gset
select tests.section('Technique', '{1}', 'technique', '15:00', '16:00') as program \gset
select tests.section('Camp', '{6}', null, p_mode => 'tiered') as camp \gset
select tests.tier_price(:camp, 'all_day', 250000) \g /dev/null
select tests.tier_price(:camp, 'first_half', 40000) \g /dev/null
select tests.section('Other camp', '{7}', null, p_mode => 'tiered') as other_camp \gset
select tests.tier_price(:other_camp, 'first_half', 60000) \g /dev/null
select tests.section('By date', '{5}', p_mode => 'drop_in') as by_date \gset
select tests.date_price(:by_date, 3000) \g /dev/null
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select max(e.id) from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.changed(call text, desk bigint) returns jsonb language sql as $$
    select jsonb_build_array(
        d.answer -> 'price_change_minor', d.answer -> 'given_back_minor', d.answer -> 'due_minor'
    )
    from (select tests.as_staff(desk, call) as answer) as d
$$;
create function pg_temp.move(
    student bigint, old bigint, new bigint, desk bigint, more text default ''
)
returns jsonb language sql as $$
    select pg_temp.changed(
        format(
            'api.transfer_enrollment(%s, %s, ''x''%s)', pg_temp.of(student, old), new, more
        ), desk
    )
$$;
create function pg_temp.cancel(student bigint, section bigint, desk bigint) returns jsonb
language sql as $$
    select pg_temp.changed(
        format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(student, section)), desk
    )
$$;
create function pg_temp.total(registration bigint) returns bigint language sql as $$
    select r.total_minor from enrollment.registrations as r where r.id = registration
$$;

-- Between ways of selling.
select tests.student(tests.family()) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select pg_temp.alone(:program) - pg_temp.alone(:one) as difference \gset
select is(
    pg_temp.move(:student, :one, :program, :desk),
    jsonb_build_array(:difference, - least(:difference, 0), greatest(:difference, 0)),
    'from the rate table to a program'
);
select is(
    pg_temp.move(:student, :program, :camp, :desk, ', tier => ''first_half'''),
    jsonb_build_array(44000 - 71678, 71678 - 44000, 0), 'to a tier, which has a registration fee'
);
select is(
    pg_temp.move(:student, :camp, :other_camp, :desk, ', tier => ''first_half'''),
    '[20000, 0, 20000]', 'to a dearer one, which is due'
);
select is(
    pg_temp.move(
        :student, :other_camp, :by_date, :desk, format(', dates => %L', tests.dates(:by_date, 2))
    ), '[-58000, 38000, 0]', 'to two dates: what was due is not, the rest is given back'
);
select is(
    pg_temp.move(:student, :by_date, :one, :desk),
    jsonb_build_array(pg_temp.alone(:one) - 6000, 0, pg_temp.alone(:one) - 6000), 'and back again'
);
select is(
    (
        select sum(c.price_change_minor)::bigint from enrollment.changes as c
        where c.registration_id = :registration
    ), 0::bigint, 'which is the same price'
);
select is(
    (
        select sum(c.given_back_minor)::bigint from enrollment.changes as c
        where c.registration_id = :registration
    ), pg_temp.alone(:one) - 6000, 'what was given back meanwhile is due'
);
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(- pg_temp.alone(:one), 6000, 0), 'and only what is there can be given back'
);

-- Dates before the day of the move would be paid for and not be had.
select tests.student(tests.family()) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select is(
    tests.error(
        format(
            'select pg_temp.move(%s, %s, %s, %s, %L)', :student, :one, :by_date, :desk,
            format(
                ', dates => %L, effective_on => %L', tests.dates(:by_date, 3),
                (tests.dates(:by_date, 3))[3]
            )
        )
    ) ->> 'message',
    format(
        'Please choose a day from %s to %s.', tests.value('studio.local_date(now())') #>> '{}',
        (tests.dates(:by_date))[1]
    ), 'a move is no later than the first date'
);
select is(
    pg_temp.move(
        :student, :one, :by_date, :desk,
        format(
            ', dates => %L, effective_on => %L', tests.dates(:by_date, 3),
            (tests.dates(:by_date))[1]
        )
    ) -> 0, to_jsonb(9000 - pg_temp.alone(:one)), 'on it, all of them are had'
);

-- With a coupon over all of it.
select tests.coupon() \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select tests.as_family(
    :family,
    format(
        'api.checkout(%s, %s, %L)', :cart, tests.coupon_quote(:cart, 'SAVE20') ->> 'quote_id',
        gen_random_uuid()
    )
) ->> 'registration_id' as registration \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-coupon'));
select tests.coupon_quote(
    tests.cart(tests.student(tests.family()), :two, :twice), 'SAVE20'
) ->> 'total_minor' as with_coupon \gset
select is(
    pg_temp.move(:student, :one, :twice, :desk),
    jsonb_build_array(
        :with_coupon - pg_temp.total(:registration), 0,
        :with_coupon - pg_temp.total(:registration)
    ), 'a coupon is of what the student has now'
);
select is(
    pg_temp.move(:student, :twice, :one, :desk),
    jsonb_build_array(pg_temp.total(:registration) - :with_coupon, 0, 0), 'there and back'
);
select is(
    pg_temp.cancel(:student, :one, :desk) -> 2, '0', 'then one is cancelled'
);
select is(pg_temp.cancel(:student, :two, :desk) -> 2, '0', 'and the other one');
select is(
    (
        select sum(c.amount_minor)::bigint from pricing.credits as c where c.family_id = :family
    ), pg_temp.total(:registration), 'all that was paid comes back, no more'
);

-- Paid with a credit.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(:desk, format('api.grant_credit(%s, 10000, ''rain'')', :family)) \g /dev/null
select tests.cart(:student, :one) as cart \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.move(:student, :one, :twice, :desk),
    jsonb_build_array(
        pg_temp.alone(:twice) - pg_temp.alone(:one), 0, pg_temp.alone(:twice) - pg_temp.alone(:one)
    ), 'a dearer one is due'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)),
    to_jsonb(pg_temp.alone(:twice) - pg_temp.alone(:one)), 'and owed'
);
select is(
    pg_temp.move(:student, :twice, :camp, :desk, ', tier => ''first_half'''),
    jsonb_build_array(
        44000 - pg_temp.alone(:twice), pg_temp.alone(:one) - 44000, 0
    ), 'a cheaper one gives back what was paid beyond it, by whatever'
);
select is(
    pg_temp.cancel(:student, :camp, :desk), '[-44000, 44000, 0]', 'the rest at the end'
);

-- Of a plan whose first part alone is paid.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one) as cart \gset
select tests.as_family(
    :family,
    format(
        'api.checkout(%s, %s, %L)', :cart, tests.quote(:cart, 'monthly') ->> 'quote_id',
        gen_random_uuid()
    )
) ->> 'registration_id' as registration \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-plan'));
select i.amount_minor as first_part from payment.installments as i
where i.registration_id = :registration and i.number = 1 \gset
select is(
    pg_temp.move(:student, :one, :twice, :desk),
    jsonb_build_array(
        pg_temp.alone(:twice) - pg_temp.alone(:one), 0, pg_temp.alone(:twice) + 2500 - :first_part
    ), 'its fee stays; what is not paid is due'
);
select is(
    pg_temp.move(:student, :twice, :by_date, :desk, format(', dates => %L', tests.dates(:by_date))),
    jsonb_build_array(
        3000 - pg_temp.alone(:twice),
        :first_part - 3000 - 2500, 0
    ), 'for a date it is paid, and more than that'
);

-- With what staff take off, and at a price of theirs.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(
    :desk,
    format('api.adjust_price(%s, %s, ''other'', ''Help'', -50000, ''x'')', :term, :student), :family
) \g /dev/null
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select is(
    pg_temp.move(:student, :one, :camp, :desk, ', tier => ''first_half'''),
    jsonb_build_array(
        - pg_temp.total(:registration), pg_temp.total(:registration), 0
    ), 'what is taken off a cheaper class is no more than it costs'
);
select is(
    pg_temp.move(:student, :camp, :one, :desk),
    jsonb_build_array(pg_temp.total(:registration), 0, pg_temp.total(:registration)),
    'and is still taken off the dearer one'
);
select is(
    pg_temp.move(:student, :one, :two, :desk, ', price_change_minor => 700'),
    jsonb_build_array(700, 0, pg_temp.total(:registration) + 700), 'a price of the staff''s is it'
);

-- Fewer weekdays, then none; and after a move to all of them.
select tests.run(format('update catalog.sections set sold_by_weekday = true where id = %s', :twice));
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select is(
    pg_temp.move(:student, :one, :twice, :desk) -> 0,
    to_jsonb(pg_temp.alone(:twice) - pg_temp.alone(:one)), 'to two days a week'
);
select is(
    pg_temp.changed(
        format('api.drop_weekdays(%s, ''{3}'', ''x'')', pg_temp.of(:student, :twice)), :desk
    ), jsonb_build_array(pg_temp.alone(:one) - pg_temp.alone(:twice), 0, 0),
    'one day less is the price of one again'
);
select is(
    pg_temp.move(:student, :twice, :one, :desk), '[0, 0, 0]', 'as is a class on one day'
);
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(- pg_temp.alone(:one), pg_temp.alone(:one), 0), 'in the end all is given back'
);
select is(
    (
        select count(*) from enrollment.seats as s where s.student_id = :student
    ), 0::bigint, 'and no place is kept'
);
select * from finish();
rollback;
