begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Plan class', '{1}') as standard \gset
select tests.section('Plan technique', '{2}', 'technique') as technique \gset
select tests.section('Plan pointe', '{3}', 'pointe') as pointe \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :standard) as cart \gset
select is(
    tests.amount(tests.quote(:cart, 'monthly'), 'monthly'), 2500::bigint, 'five payments of 5.00'
);
select is(tests.amount(tests.quote(:cart, 'full'), 'full'), null, 'none for paying at once');
select is(tests.total(:cart, 'monthly'), 91643 + 2500::bigint, 'inside the total, once');
select tests.cart(tests.student(:family, 'Two'), :standard) as cart \gset
select is(
    tests.amount(tests.quote(:cart, 'monthly'), 'monthly'), 2500::bigint,
    'once an order, not a student'
);
select tests.cart(tests.student(tests.family()), :technique, :pointe) as programs \gset
select is(
    tests.total(:programs, 'monthly'), 71678 + 51749::bigint,
    'none for an order made only of programs that waive it'
);
select tests.cart(tests.student(tests.family()), :technique, :standard) as mixed \gset
select is(
    tests.amount(tests.quote(:mixed, 'monthly'), 'monthly'), 2500::bigint,
    'a class beside the program brings it back'
);
select is(
    tests.what_if(
        $$update catalog.programs set plan_fee_waived = false where code = 'pointe'$$,
        format('tests.amount(tests.quote(%s, ''monthly''), ''monthly'')', :programs)
    ),
    '2500', 'so does a program that does not waive it'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :standard) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :technique) as cart \gset
select is(
    tests.total(:cart, 'monthly'), 71678::bigint, 'what was bought before does not bring it back'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :technique) as cart \gset
select tests.run('update catalog.programs set plan_fee_waived = false');
select tests.override(tests.worker(), :student, :technique, 0) as override \gset
select is(tests.total(:cart, 'monthly'), 0::bigint, 'where nothing is due, no fee is');
select * from finish();
rollback;
