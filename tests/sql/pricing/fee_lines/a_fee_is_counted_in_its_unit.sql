begin;
set local search_path = tap, public;
select plan(8);
-- One fee of each unit, beside the demo's.
select tests.run(
    format(
        $$insert into pricing.fee_rules
        (studio_id, term_id, code, label, unit, amount_minor, charged_modes, position)
        select auth.studio_id(), %s, 'per_' || u.unit, u.unit, u.unit, 100, '{standard}', 9
        from unnest(array['class', 'weekly_meeting', 'student', 'family']) as u (unit)$$,
        tests.term()
    )
);
select tests.section('Fees Mon Wed', '{1,3}') as twice \gset
select tests.section('Fees Tue', '{2}') as once \gset
select tests.section('Fees technique', '{4}', 'technique') as program \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :twice, :once, :program) as cart \gset
select tests.cart(:two, :once) as cart \gset
create temporary table fees as
select l.code, l.student_id, l.amount_minor, l.label
from tests.lines(tests.quote(:cart)) as l
where l.code like 'per\_%';
select results_eq(
    format('select code, amount_minor from fees where student_id = %s order by code', :one),
    $$values ('per_class', 200::bigint), ('per_student', 100), ('per_weekly_meeting', 300)$$,
    'two classes with three weekly meetings; the program causes none'
);
select results_eq(
    format('select code, amount_minor from fees where student_id = %s order by code', :two),
    $$values ('per_class', 100::bigint), ('per_student', 100), ('per_weekly_meeting', 100)$$,
    'one class with one meeting'
);
select results_eq(
    'select code, amount_minor from fees where student_id is null',
    $$values ('per_family', 100::bigint)$$, 'the family pays its own once'
);
select is(
    (select f.label from fees as f where f.student_id = :one and f.code = 'per_weekly_meeting'),
    'weekly_meeting × 3', 'the label says how many'
);

-- What is confirmed is not charged again, whatever the unit.
select tests.confirmed(:cart) as registration \gset
select tests.section('Fees Fri', '{5}') as later \gset
select tests.cart(:one, :later) as cart \gset
select results_eq(
    format($$select l.code, l.amount_minor from tests.lines(tests.quote(%s)) as l
    where l.kind = 'fee' order by l.code$$, :cart),
    $$values ('costume_senior', 6500::bigint), ('per_class', 100), ('per_weekly_meeting', 100)$$,
    'a class that comes later pays for itself; student and family paid once a term'
);
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.cart(tests.student(:family, 'Three'), :later) as cart \gset
select ok(
    tests.amount(tests.quote(:cart), 'per_student') = 100
    and tests.amount(tests.quote(:cart), 'per_family') is null,
    'another student pays the student''s fee, the family not again'
);

-- A class with two sections is one class, in one checkout or in two.
select tests.section('Two sections', '{1}') as first \gset
select tests.section('Two sections', '{2}') as second \gset
select tests.cart(tests.student(tests.family()), :first, :second) as together \gset
select is(
    tests.amount(tests.quote(:together), 'costume_senior'), 6500::bigint,
    'two sections of one class need one costume'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :first) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :second) as cart \gset
select is(
    coalesce(tests.amount(tests.quote(:cart), 'costume_senior'), 0), 0::bigint,
    'also when the second section is bought later'
);
select * from finish();
rollback;
