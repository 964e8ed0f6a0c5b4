-- What is given back is exact whatever the price was made of, and however it was paid.
begin;
set local search_path = tap, public;
select plan(33);
select tests.worker('staff') as desk \gset
select tests.term() as term \gset
select tests.section('One', '{1}') as one \gset
select tests.section('Two', '{2}') as two \gset
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
-- What a change does: to the price, what is given back, what is due.
create function pg_temp.cancel(student bigint, section bigint, desk bigint, more text default '')
returns jsonb language sql as $$
    select jsonb_build_array(
        d.answer -> 'price_change_minor', d.answer -> 'given_back_minor', d.answer -> 'due_minor'
    )
    from (
        select tests.as_staff(
            desk,
            format('api.cancel_enrollment(%s, ''x''%s)', pg_temp.of(student, section), more)
        ) as answer
    ) as d
$$;
create function pg_temp.credits(family bigint) returns bigint language sql as $$
    select coalesce(sum(c.amount_minor), 0)::bigint from pricing.credits as c
    where c.family_id = family
$$;
create function pg_temp.price(family bigint) returns bigint language sql as $$
    select tests.value(
        format(
            '(select p.total_minor from pricing.price_of_enrolled(%s, %s) as p)', family,
            tests.term()
        )
    )::bigint
$$;

-- A program costs what it costs, however many of its classes are taken.
select tests.section('Technique one', '{1}', 'technique', '15:00', '16:00') as program_one \gset
select tests.section('Technique two', '{2}', 'technique', '15:00', '16:00') as program_two \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :program_one, :program_two)) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is(:paid::bigint, 71678::bigint, 'a program, without fees');
select is(
    pg_temp.cancel(:student, :program_one, :desk), '[0, 0, 0]', 'one of its classes gives nothing'
);
select is(
    pg_temp.cancel(:student, :program_two, :desk), '[-71678, 71678, 0]', 'the last one gives all'
);

-- A camp in tiers, beside a class: the class keeps its fees.
select tests.section('Camp', '{6}', null, p_mode => 'tiered') as camp \gset
select tests.tier_price(:camp, 'all_day', 25000) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one, :camp)) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is(
    pg_temp.cancel(:student, :camp, :desk),
    jsonb_build_array(pg_temp.alone(:one) - :paid, :paid - pg_temp.alone(:one), 0),
    'a tier is given back with what it caused'
);
select is((:paid - pg_temp.alone(:one))::bigint, 25000::bigint, 'which is its price alone');
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(- pg_temp.alone(:one), pg_temp.alone(:one), 0), 'and then the class'
);

-- Credits are money: what was paid with them comes back as well.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(:desk, format('api.grant_credit(%s, 10000, ''rain'')', :family)) \g /dev/null
select tests.cart(:student, :one, :two) as cart \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is((:paid + 10000)::bigint, pg_temp.alone(:one, :two), 'a part is paid by a credit');
select is(pg_temp.price(:family), pg_temp.alone(:one, :two), 'the price is the whole');
select is(
    pg_temp.cancel(:student, :two, :desk),
    jsonb_build_array(
        pg_temp.alone(:one) - pg_temp.alone(:one, :two),
        pg_temp.alone(:one, :two) - pg_temp.alone(:one), 0
    ), 'one class of two'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.cancel(%s, %s, %s, '', price_change_minor => %s'')', :student, :one,
            :desk, - pg_temp.alone(:one) - 1
        )
    ), 'price_change_invalid', 'not even staff give more than all'
);
select is(
    pg_temp.cancel(
        :student, :one, :desk, format(', price_change_minor => %s', - pg_temp.alone(:one))
    ),
    jsonb_build_array(- pg_temp.alone(:one), pg_temp.alone(:one), 0), 'but all, with the credit'
);
select is(
    pg_temp.credits(:family), pg_temp.alone(:one, :two) + 10000,
    'so the family has what it paid, and the credit again'
);
-- Of one that paid for all, which nothing was due for.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(:desk, format('api.grant_credit(%s, 999999, ''rain'')', :family)) \g /dev/null
select tests.cart(:student, :one) as cart \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(- pg_temp.alone(:one), pg_temp.alone(:one), 0), 'all of it comes back'
);

-- A plan has its fee once, and of its parts only the first is paid.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two) as cart \gset
select tests.as_family(
    :family,
    format(
        'api.checkout(%s, %s, %L)', :cart, tests.quote(:cart, 'monthly') ->> 'quote_id',
        gen_random_uuid()
    )
) ->> 'registration_id' as registration \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-plan'));
select r.total_minor as total from enrollment.registrations as r where r.id = :registration \gset
select is(:total::bigint, pg_temp.alone(:one, :two) + 2500, 'five payments of 5.00 are in the price');
select i.amount_minor as first_part from pricing.quote_installments as i
inner join enrollment.registrations as r on i.quote_id = r.quote_id
where r.id = :registration and i.number = 1 \gset
select is(
    tests.value(format('payment.paid_minor(%s, %s)', :family, :registration)),
    to_jsonb(:first_part), 'a fifth is paid'
);
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)),
    to_jsonb(:total - :first_part), 'the rest is owed'
);
select is(
    pg_temp.cancel(:student, :two, :desk),
    jsonb_build_array(
        pg_temp.alone(:one) + 2500 - :total, 0, pg_temp.alone(:one) + 2500 - :first_part
    ), 'a class less: less is owed, and nothing given back'
);
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)),
    to_jsonb(pg_temp.alone(:one) + 2500 - :first_part), 'by the family, too'
);
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(- pg_temp.alone(:one) - 2500, :first_part, 0),
    'the last one: what was paid is given back, with the fee of the plan'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '0'::jsonb, 'nothing is owed'
);

-- What staff add and take off stays while there is something to take it off.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(
    :desk,
    format('api.adjust_price(%s, %s, ''other'', ''Help'', -3000, ''x'')', :term, :student), :family
) \g /dev/null
select tests.as_staff(
    :desk,
    format('api.adjust_price(%s, %s, ''other'', ''Shoes'', 1000, ''x'')', :term, :student), :family
) \g /dev/null
select tests.confirmed(tests.cart(:student, :one, :two)) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is(:paid::bigint, pg_temp.alone(:one, :two) - 2000, 'adjusted');
select is(
    pg_temp.cancel(:student, :two, :desk),
    jsonb_build_array(
        pg_temp.alone(:one) - 2000 - :paid, :paid - pg_temp.alone(:one) + 2000, 0
    ), 'a class less is as much less as without'
);
select is(
    pg_temp.cancel(:student, :one, :desk),
    jsonb_build_array(2000 - pg_temp.alone(:one), pg_temp.alone(:one) - 2000, 0),
    'and in the end all that was paid'
);

-- A line whose price staff have set has that price while it is there.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(
    :desk,
    format('api.set_line_price(%s, %s, ''tuition'', ''senior'', 50000, ''x'')', :term, :student),
    :family
) \g /dev/null
select tests.quote(tests.cart(tests.student(tests.family()), :one)) as quote_one \gset
select tests.confirmed(tests.cart(:student, :one, :two)) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is(pg_temp.price(:family), :paid::bigint, 'the price is as it was sold');
select is(
    pg_temp.cancel(:student, :two, :desk),
    jsonb_build_array(
        - tests.amount(:'quote_one', 'costume_senior'), tests.amount(:'quote_one', 'costume_senior'),
        0
    ), 'a class less has a costume less, and its tuition as it was set'
);
select is(
    pg_temp.cancel(:student, :one, :desk) -> 2, '0', 'the rest comes back'
);
select is(pg_temp.credits(:family), :paid::bigint, 'all that was paid');

-- A class whose price was set for a student; the other one by the rate table.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.override(:desk, :student, :one, 12345) \g /dev/null
select tests.confirmed(tests.cart(:student, :one, :two)) as registration \gset
select r.total_minor as paid from enrollment.registrations as r where r.id = :registration \gset
select is(
    :paid::bigint,
    pg_temp.alone(:two) + 12345 + tests.amount(:'quote_one', 'costume_senior'),
    'one class at a price of its own'
);
select is(
    pg_temp.cancel(:student, :two, :desk) -> 0,
    to_jsonb(
        12345 + pg_temp.alone(:two) - tests.amount_of_kind(:'quote_one', 'tuition') - :paid
    ), 'the other one less, the fees stay'
);
select is(
    pg_temp.cancel(:student, :one, :desk) -> 2, '0', 'the class with its price'
);
select is(pg_temp.credits(:family), :paid::bigint, 'all comes back');

-- A family of two, in two checkouts: the discount came with the second, and goes with either.
select tests.family() as family \gset
select tests.student(:family, 'Ada') as ada \gset
select tests.student(:family, 'Ben') as ben \gset
select tests.confirmed(tests.cart(:ada, :one)) as first \gset
select tests.confirmed(tests.cart(:ben, :two)) as second \gset
select is(
    pg_temp.cancel(:ada, :one, :desk) -> 0, to_jsonb(5000 - pg_temp.alone(:one)),
    'the first one, less the discount of the second'
);
select is(
    (select w.status from pricing.family_awards as w where w.family_id = :family), 'returned',
    'which may be had again'
);
select * from finish();
rollback;
