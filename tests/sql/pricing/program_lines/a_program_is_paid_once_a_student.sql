begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Technique Mon', '{1}', 'technique') as monday \gset
select tests.section('Technique Tue', '{2}', 'technique') as tuesday \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :tuesday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'technique 71678',
    'two classes of a program cost it once, and no fee of any kind'
);
select is(
    (select l.basis -> 'sections' from tests.lines(tests.quote(:cart)) as l),
    jsonb_build_array(:monday, :tuesday), 'the line says for which classes'
);
select tests.cart(:two, :monday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'technique 71678, technique 71678, family_discount -5000', 'each student pays it'
);
select tests.run(
    format('delete from enrollment.cart_items where student_id in (%s, %s)', :one, :two)
);
select tests.cart(:one, :monday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :tuesday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'technique 0',
    'one more class of a program that is paid is due nothing, by a line that says so'
);
select is(
    tests.checkout(:cart) ->> 'status', 'confirmed', 'so it is confirmed at once'
);
select tests.student(tests.family()) as unpriced \gset
select tests.cart(:unpriced, :monday) as cart \gset
select is(
    tests.what_if(
        $$select tests.supersede('program_prices', 'true')$$, format('tests.quote(%s)', :cart)
    ),
    '"price_missing"', 'a program without a price is a refusal'
);
select * from finish();
rollback;
