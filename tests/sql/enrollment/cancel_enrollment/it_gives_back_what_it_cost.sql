-- What a family gets back is what its classes cost with the one that ends, less without it.
begin;
set local search_path = tap, public;
select plan(33);
select tests.worker('staff') as desk \gset
select tests.section('Give up', '{1}') as one \gset
select tests.section('Keep', '{2}') as two \gset
select tests.section('Keep as well', '{3}') as three \gset
-- What others would pay.
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select e.id from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.cancel(enrollment bigint, rest text, desk bigint) returns jsonb
language sql as $$
    select tests.as_staff(desk, format('api.cancel_enrollment(%s, %s)', enrollment, rest))
$$;
create function pg_temp.left_of_credits(family bigint) returns bigint language sql as $$
    select coalesce(sum(c.amount_minor), 0)::bigint from pricing.credits as c
    where c.family_id = family
$$;

-- One checkout of three classes.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :one, :two, :three) as cart \gset
select tests.total(:cart) as paid \gset
select tests.confirmed(:cart) as registration \gset
select count(*) as seats from enrollment.seats \gset
select pg_temp.cancel(
    pg_temp.of(:student, :one), '''moves away'', preview => true', :desk
) as preview \gset
select is(
    (:'preview'::jsonb ->> 'price_change_minor')::bigint, pg_temp.alone(:two, :three) - :paid,
    'three classes less two are given back'
);
select is(
    (
        select format('%s %s', count(*), max(e.status)) from enrollment.enrollments as e
        where e.registration_id = :registration
    ), '3 confirmed', 'a preview changes no enrollment'
);
select is((select count(*) from enrollment.seats), :seats::bigint, 'no seat');
select is((select count(*) from enrollment.changes), 0::bigint, 'writes nothing down');
select is(pg_temp.left_of_credits(:family), 0::bigint, 'and gives nothing back');
select pg_temp.cancel(pg_temp.of(:student, :one), '''moves away''', :desk) as done \gset
select is(
    :'done'::jsonb - 'credit_id' - 'preview', :'preview'::jsonb - 'credit_id' - 'preview',
    'it says what is then done'
);
select is(
    pg_temp.left_of_credits(:family), :paid - pg_temp.alone(:two, :three),
    'the family has a credit'
);
select is((:'done'::jsonb ->> 'due_minor')::bigint, 0::bigint, 'and owes nothing');
select is(
    (
        select format('%s %s', e.status, to_jsonb(e.ended_on) = tests.value('studio.local_date(now())'))
        from enrollment.enrollments as e where e.id = pg_temp.of(:student, :one)
    ), 'cancelled t', 'the enrollment has ended today'
);
select is(
    (select count(*) from enrollment.seats as s where s.student_id = :student), 2::bigint,
    'its seat is gone, the others stay'
);
select is(
    (
        select format('%s %s %s %s', c.kind, c.reason, c.price_change_minor + c.given_back_minor,
            c.changed_by = :desk)
        from enrollment.changes as c where c.registration_id = :registration
    ), 'cancelled moves away 0 t', 'who, why and how much is on record'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.cancel(%s, %L, %s)', pg_temp.of(:student, :one), '''again''', :desk
        )
    ), 'enrollment_not_live', 'it ends once'
);
select is(
    (
        select array_agg(m.template_code || ' ' || m.channel order by m.channel)
        from messaging.messages as m
        where m.family_id = :family and m.template_code like 'enrollment_%'
    ), array['enrollment_cancelled email'], 'the family is told, once'
);
select matches(
    tests.value(
        format(
            '(
                select r.body from messaging.messages as m cross join lateral messaging.render(m) as r
                where m.family_id = %s and m.template_code = ''enrollment_cancelled''
            )', :family
        )
    ) #>> '{}',
    'no longer enrolled in Give up. .*'
    || studio.money_text(:paid - pg_temp.alone(:two, :three), 'USD') || ' USD',
    'of the class and of the money'
);
-- And what comes next is priced as if it had never been.
select is(
    tests.total(tests.cart(:student, tests.section('New', '{4}'))),
    (
        select tests.total(tests.cart(s.id, :two, :three, tests.section('New', '{4}')))
            - pg_temp.alone(:two, :three)
        from (select tests.student(tests.family()) as id) as s
    ), 'a later class is the third one'
);

-- Two checkouts: the second was cheaper for the first.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as first \gset
select tests.confirmed(tests.cart(:student, :two)) as second \gset
select is(
    (pg_temp.cancel(pg_temp.of(:student, :one), '''x''', :desk) ->> 'price_change_minor')::bigint,
    pg_temp.alone(:two) - pg_temp.alone(:one, :two),
    'what stays costs what it costs alone'
);
select is(
    (pg_temp.cancel(pg_temp.of(:student, :two), '''x''', :desk) ->> 'price_change_minor')::bigint,
    -pg_temp.alone(:two), 'the last one is given back whole'
);
select is(
    pg_temp.left_of_credits(:family), pg_temp.alone(:one, :two), 'in the end all that was paid'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '0'::jsonb, 'and nothing is due'
);

-- The discount of a family goes with the student who gave it, and may be had again.
select tests.family() as family \gset
select tests.student(:family, 'Ada') as ada \gset
select tests.student(:family, 'Ben') as ben \gset
select tests.cart(:ada, :one) as cart \gset
select tests.cart(:ben, :two) \g /dev/null
select tests.total(:cart) as paid \gset
select tests.confirmed(:cart) \g /dev/null
select is(
    (pg_temp.cancel(pg_temp.of(:ben, :two), '''x''', :desk) ->> 'given_back_minor')::bigint,
    :paid - pg_temp.alone(:one), 'one student pays without the discount'
);
select is(
    (select w.status from pricing.family_awards as w where w.family_id = :family), 'returned',
    'which is not used up'
);

-- Staff may say how much, and leave the money where it is.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select pg_temp.cancel(
    pg_temp.of(:student, :one), '''late'', price_change_minor => -1000, as_credit => false', :desk
) as done \gset
select is(
    jsonb_build_array(
        :'done'::jsonb -> 'price_change_minor', :'done'::jsonb -> 'given_back_minor',
        :'done'::jsonb -> 'due_minor'
    ), '[-1000, 0, -1000]', 'what staff say is taken off; it is left to be refunded'
);
select is(pg_temp.left_of_credits(:family), 0::bigint, 'without a credit');

-- Bad input: a code of its own, and nothing written.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as registration \gset
select tests.held(tests.cart(tests.student(tests.family()), :two)) as held \gset
select is(
    tests.error_code(format('select pg_temp.cancel(%s, %L, %s)', t.enrollment, t.rest, :desk)),
    t.code, t.code || ': ' || t.rest
)
from (
    values
    (pg_temp.of(:student, :one), ''' ''', 'reason_required'),
    (pg_temp.of(:student, :one), 'null', 'reason_required'),
    (pg_temp.of(:student, :one), 'E''\n\t''', 'reason_required'),
    (pg_temp.of(:student, :one), '''x'', price_change_minor => 1', 'price_change_invalid'),
    (pg_temp.of(:student, :one), '''x'', price_change_minor => -99999999999', 'price_change_invalid'),
    (pg_temp.of(:student, :one), '''x'', effective_on => ''2020-01-01''', 'effective_on_invalid'),
    (pg_temp.of(:student, :one), '''x'', effective_on => ''2090-01-01''', 'effective_on_invalid'),
    (0, '''x''', 'enrollment_not_found'),
    (
        (select e.id from enrollment.enrollments as e where e.registration_id = :held), '''x''',
        'enrollment_not_live'
    )
) as t (enrollment, rest, code);
select is(
    (select count(*) from enrollment.changes as c where c.registration_id = :registration),
    0::bigint, 'nothing of it is written'
);
select * from finish();
rollback;
