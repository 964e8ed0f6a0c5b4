begin;
set local search_path = tap, public;
select plan(5);
select tests.section('With me', '{1}') as section \gset
select tests.family() as family \gset
select tests.student(:family, 'Ana') as ana, tests.student(:family, 'Bea') as bea \gset
select tests.require(:section, '{"kind": "parent_present"}') as rule \gset
select tests.cart(:ana, :section) as cart \gset
select tests.cart(:bea, :section) as same_cart \gset
select is(
    tests.checkout_with(:cart, array['parent_present_required']), 'parent_present_required',
    'one adult is not enough for two'
);
select is(
    tests.checkout_with(:cart, array['parent_present_required:' || :ana]),
    'parent_present_required', 'nor one for the first'
);
select is(
    (select count(*) from enrollment.registrations where cart_id = :cart), 0::bigint,
    'nothing is held so far'
);
select is(
    tests.checkout_with(
        :cart, array['parent_present_required:' || :ana, 'parent_present_required:' || :bea]
    ), 'held', 'one for each is'
);
select is(
    (
        select count(*) from enrollment.findings as f
        where f.student_id in (:ana, :bea) and f.accepted_by = tests.guardian_of(:family)
    ), 2::bigint, 'both are kept, with who said so'
);
select * from finish();
rollback;
