-- Two senior days, a program, a brother with one day: each column, changed alone.
begin;
set local search_path = tap, public;
select plan(34);
select tests.section('Coupon Mon', '{1}') as monday \gset
select tests.section('Coupon Tue', '{2}') as tuesday \gset
select tests.section('Coupon program', '{3}', 'technique') as program \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :tuesday, :program) as cart \gset
select tests.cart(:two, :monday) as cart \gset
-- What the code saves, or why it does not.
create function pg_temp.told(quote jsonb) returns text language sql as $$
    select coalesce(
        quote ->> 'code',
        (
            select l.code || ' ' || l.amount_minor from tests.lines(quote) as l
            where l.kind = 'coupon'
        ),
        'none'
    )
$$;
-- The same after the coupon has been replaced by another version.
create function pg_temp.after(changed jsonb, cart bigint, code text) returns text
language sql as $$
    select tests.what_if(
        format(
            'update pricing.coupons set superseded_at = now() where superseded_at is null;
            select tests.coupon(%L)', changed
        ),
        format('pg_temp.told(tests.coupon_quote(%s, %L))', cart, code)
    ) #>> '{}'
$$;
insert into catalog.terms
(studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at)
select t.studio_id, 'Other term', '2030-01-01', '2030-06-01', now(), now() + interval '1 day'
from catalog.terms as t where t.id = tests.term();

select is(
    pg_temp.told(tests.coupon_quote(:cart, 'SAVE20')), 'coupon_not_found', 'no coupon, no saving'
);
select tests.coupon() as coupon \gset
-- One: 155304 + 71678 + 13000 + 1500 + 4000; Two: 79643 + 6500 + 1500 + 4000; 337125 in all.
create temporary table cases (
    number integer generated always as identity, changed jsonb, given text
);
insert into cases (changed, given) values
('{}', 'save20 -67425'),
('{"key": "other"}', 'other -67425'),
('{"code": "OTHER"}', 'coupon_not_found'),
('{"percent_bp": 1}', 'save20 -34'),
('{"percent_bp": 10000}', 'save20 -332125'),
('{"kind": "flat", "percent_bp": null, "amount_minor": 5000}', 'save20 -5000'),
('{"kind": "flat", "percent_bp": null, "amount_minor": 5001}', 'save20 -5001'),
-- cut at the base, and at what there is to pay after the family discount
(
    '{"kind": "flat", "percent_bp": null, "amount_minor": 9000, "applies_to": ["registration"]}',
    'save20 -8000'
),
('{"kind": "flat", "percent_bp": null, "amount_minor": 999999}', 'save20 -332125'),
-- 306625; 8000; 22500
('{"applies_to": ["tuition"]}', 'save20 -61325'),
('{"applies_to": ["registration"]}', 'save20 -1600'),
('{"applies_to": ["recital"]}', 'save20 -4500'),
('{"applies_to": ["registration", "recital"]}', 'save20 -6100'),
('{"most_expensive_only": true}', 'save20 -31061'),
('{"most_expensive_only": true, "applies_to": ["recital"]}', 'save20 -2600'),
('{"active": false}', 'coupon_inactive'),
(jsonb_build_object('available_from', now()), 'save20 -67425'),
(jsonb_build_object('available_from', now() + interval '1 s'), 'coupon_not_yet_valid'),
(jsonb_build_object('available_until', now() + interval '1 s'), 'save20 -67425'),
(jsonb_build_object('available_until', now()), 'coupon_expired'),
(jsonb_build_object('valid_from', now() + interval '1 s'), 'coupon_not_found'),
(
    jsonb_build_object(
        'term_id', (select id from catalog.terms where name = 'Other term')
    ), 'coupon_not_applicable'
);
select is(pg_temp.after(c.changed, :cart, 'SAVE20'), c.given, c.changed::text)
from cases as c
order by c.number;
select is(
    tests.what_if(
        'update pricing.coupons set superseded_at = now()',
        format('pg_temp.told(tests.coupon_quote(%s, %L))', :cart, 'SAVE20')
    ) #>> '{}', 'coupon_not_found', 'superseded_at'
);
select is(
    (
        select count(*) from tests.lines(tests.coupon_quote(:cart, 'SAVE20')) as l
        where l.kind = 'coupon' and l.student_id is null
        and l.basis = '{"base_minor": 337125, "percent_bp": 2000,
            "applies_to": ["tuition", "registration", "recital"]}'
        and l.label = 'Coupon SAVE20, 20 % off'
    ),
    1::bigint, 'one line of the family, with what it was made of, in words'
);

-- Beside a discount: what is off a line already is not reduced again.
select tests.discount('{"reduces_fees": false}') \g /dev/null
select is(
    pg_temp.after('{"applies_to": ["tuition"]}', :cart, 'SAVE20'),
    -- 306625 - 15530 - 7964 = 283131
    'save20 -56626', 'on what the discounts have left'
);
select is(
    pg_temp.after('{"stackable": false}', :cart, 'SAVE20'), 'coupon_not_stackable',
    'stackable: not beside a discount'
);
select is(
    tests.what_if(
        'update pricing.discounts set superseded_at = now();
        update pricing.coupons set superseded_at = now();
        select tests.coupon(''{"stackable": false}'')',
        format('pg_temp.told(tests.coupon_quote(%s, %L))', :cart, 'SAVE20')
    ) #>> '{}', 'save20 -67425', 'beside the family discount it may'
);

-- Limited to sections.
select tests.run('update pricing.discounts set superseded_at = now()');
select tests.run('update pricing.coupons set superseded_at = now()');
select tests.coupon('{"key": "scoped", "code": "SCOPED"}', array[:tuesday]::bigint []) \g /dev/null
select is(
    pg_temp.told(tests.coupon_quote(:cart, 'SCOPED')),
    -- half of 155304 + 13000 + 1500 + 4000, which are for both of One's standard classes
    'scoped -17380', 'of what is for several sections, its share'
);
select is(
    pg_temp.told(
        tests.coupon_quote(tests.cart(tests.student(tests.family()), :monday), 'SCOPED')
    ),
    'coupon_not_applicable', 'other sections are not reduced'
);
select tests.cart(tests.student(tests.family()), :monday) as single \gset
select tests.coupon(
    '{"key": "half", "code": "HALF", "percent_bp": 250, "applies_to": ["recital"],
    "most_expensive_only": false}'
) \g /dev/null
select is(pg_temp.told(tests.coupon_quote(:single, 'HALF')), 'half -200', '2.5 % of 8000');
-- Case and blanks do not matter.
select is(
    pg_temp.told(tests.coupon_quote(:single, t.entered)), 'half -200',
    format('entered as "%s"', t.entered)
)
from (values ('half'), ('  Half ')) as t (entered);

select is_empty(
    $$select a.attname
    from pg_attribute as a
    where
        a.attrelid = 'pricing.coupons'::regclass and a.attnum > 0 and not a.attisdropped
        and a.attname not in (
            'studio_id', 'id', 'superseded_at', 'stackable',
            -- with coupons that apply by themselves, and with uses
            'name', 'version', 'max_uses', 'max_uses_per_family'
        )
        and not exists (select from cases as c where c.changed ? a.attname)$$,
    'every column of a coupon is tested'
);
select * from finish();
rollback;
