begin;
set local search_path = tap, public;
select plan(14);
select tests.section('Keyed') as section \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :section) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.quote(:cart) ->> 'quote_id' as other_quote \gset
create function pg_temp.checkout(cart text, quote text, key text, more text default '')
returns text language sql as $$
    select format('api.checkout(%s, %s, %L%s)', cart, quote, key, more)
$$;

-- What the key may be.
select is(
    tests.family_error_code(:family, pg_temp.checkout(:'cart', :'quote', k.key)),
    'idempotency_key_required', k.what
)
from (
    values (null, 'no key'), ('', 'an empty key'), ('1234567', 'seven characters'),
    (repeat('x', 201), '201 characters')
) as k (key, what);

-- A refused attempt leaves its key free.
select tests.run(format('update catalog.sections set status = ''closed'' where id = %s', :section));
select is(
    tests.family_error_code(:family, pg_temp.checkout(:'cart', :'quote', 'key-0001')),
    'section_not_open',
    'the first attempt is refused'
);
select tests.run(format('update catalog.sections set status = ''open'' where id = %s', :section));
create temporary table first as
select tests.as_family(:family, pg_temp.checkout(:'cart', :'quote', 'key-0001')) as answer;
select is(
    (select answer ->> 'status' from first), 'pending_payment', 'the same key is good for the next'
);
select is(
    tests.as_family(:family, pg_temp.checkout(:'cart', :'quote', 'key-0001')),
    (select answer from first),
    'a repeat answers the same'
);
select is(
    (
        select count(*) from enrollment.registrations where family_id = :family
    ), 1::bigint, 'and makes nothing'
);
select is(
    tests.family_error_code(:family, pg_temp.checkout(:'cart', :'other_quote', 'key-0001')),
    'idempotency_key_reused', 'the key with another quote'
);
select is(
    tests.family_error_code(
        :family, pg_temp.checkout(:'cart', :'quote', 'key-0001', ', ''{grade}''')
    ),
    'idempotency_key_reused', 'the key with other warnings read'
);
select is(
    (
        tests.family_error(:family, pg_temp.checkout(:'cart', :'quote', 'key-0002')) ->> 'details'
    )::jsonb,
    (select jsonb_build_object('registration_id', answer -> 'registration_id') from first),
    'another key while the first is open: that one is named'
);

-- As it is then, not as it was.
select answer ->> 'registration_id' as registration from first \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select is(
    tests.as_family(:family, pg_temp.checkout(:'cart', :'quote', 'key-0001')) ->> 'status',
    'confirmed',
    'a repeat after the payment answers what became of it'
);
-- Keys are a family's own.
select tests.family('Other') as other \gset
select tests.student(:other) as other_student \gset
select tests.cart(:other_student, :section) as other_cart \gset
select tests.quote(:other_cart) ->> 'quote_id' as others_quote \gset
select is(
    tests.as_family(
        :other, pg_temp.checkout(:'other_cart', :'others_quote', 'key-0001')
    ) ->> 'status',
    'pending_payment', 'another family may use the same word'
);
select is(
    (select array_agg(k.registration_id is not null) from enrollment.checkout_keys as k
    where k.family_id in (:family, :other)), '{t,t}', 'no key without its registration is left'
);
select * from finish();
rollback;
