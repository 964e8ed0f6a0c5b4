-- One student with two senior days and a program, a brother with one: each column, changed alone.
begin;
set local search_path = tap, public;
select plan(29);
select tests.section('Columns Mon', '{1}') as monday \gset
select tests.section('Columns Tue', '{2}') as tuesday \gset
select tests.section('Columns program', '{3}', 'technique') as program \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :tuesday, :program) as cart \gset
select tests.cart(:two, :monday) as cart \gset
create function pg_temp.discounts(cart bigint) returns text language sql as $$
    select string_agg(l.code || ' ' || l.amount_minor, ', ' order by l.student_id, l.line_number)
    from tests.lines(tests.quote(cart)) as l where l.kind = 'discount'
$$;
-- The same after the discount has been replaced by another version.
create function pg_temp.after(changed jsonb, expression text) returns text language sql as $$
    select tests.what_if(
        format(
            'update pricing.discounts set superseded_at = now() where superseded_at is null;
            select tests.discount(%L)', changed
        ),
        expression
    ) #>> '{}'
$$;
select tests.discount() as discount \gset
-- One: tuition 155304, costume 13000, video 1500; Two: 79643, 6500, 1500.
select is(pg_temp.discounts(:cart), 'saving -16980, saving -8764', 'ten percent, of each student');
insert into catalog.terms
(studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at)
select t.studio_id, 'Other term', '2030-01-01', '2030-06-01', now(), now() + interval '1 day'
from catalog.terms as t where t.id = tests.term();
create temporary table cases (
    number integer generated always as identity, changed jsonb, given text
);
insert into cases (changed, given) values
(
    jsonb_build_object(
        'term_id', (select id from catalog.terms where name = 'Other term')
    ), null
),
('{"code": "other"}', 'other -16980, other -8764'),
('{"kind": "flat", "percent_bp": null, "amount_minor": 700}', 'saving -700, saving -700'),
('{"kind": "flat", "percent_bp": null, "amount_minor": 701}', 'saving -701, saving -701'),
('{"percent_bp": 1}', 'saving -17, saving -9'),
('{"percent_bp": 10000}', 'saving -169804, saving -87643'),
('{"reduces_tuition": false}', 'saving -1450, saving -800'),
('{"reduces_fees": false}', 'saving -15530, saving -7964'),
-- 169804 + 71678
('{"reduces_programs": true}', 'saving -24148, saving -8764'),
('{"reduces_programs": true, "reduces_tuition": false, "reduces_fees": false}', 'saving -7168'),
(jsonb_build_object('available_from', now()), 'saving -16980, saving -8764'),
(jsonb_build_object('available_from', now() + interval '1 s'), null),
(
    jsonb_build_object('available_until', now() + interval '1 s'),
    'saving -16980, saving -8764'
),
(jsonb_build_object('available_until', now()), null),
(jsonb_build_object('valid_from', now() + interval '1 s'), null),
(
    '{"category": "students_in_family", "threshold": 2, "recipients": "reaching"}',
    'saving -8764'
),
('{"category": "students_in_family", "threshold": 3, "recipients": "reaching"}', null),
(
    '{"category": "students_in_family", "threshold": 1, "recipients": "reaching"}',
    'saving -16980'
),
(
    '{"category": "students_in_family", "threshold": 1, "recipients": "reaching_and_later"}',
    'saving -16980, saving -8764'
),
('{"category": "weekly_classes", "threshold": 2, "recipients": "reaching"}', 'saving -16980'),
(
    '{"category": "weekly_classes", "threshold": 1, "recipients": "reaching"}',
    'saving -16980, saving -8764'
),
-- the program is no weekly class of the rate table
(
    '{"category": "weekly_classes", "threshold": 3, "recipients": "reaching_and_later"}', null
);
select is(
    pg_temp.after(c.changed, format('pg_temp.discounts(%s)', :cart)), c.given, c.changed::text
)
from cases as c
order by c.number;
select is(
    tests.what_if(
        'update pricing.discounts set superseded_at = now()',
        format('pg_temp.discounts(%s)', :cart)
    ) #>> '{}', null, 'superseded_at'
);
select isnt(
    pg_temp.after(c.changed, format('tests.quote(%s) #- ''{quote_id}''', :cart)),
    tests.quote(:cart) #- '{quote_id}' #>> '{}', c.what
)
from (values ('{"label": "Other"}'::jsonb, 'label'), ('{}', 'version')) as c (changed, what);

-- Which fees it reduces, the fee says.
create function pg_temp.fee(code text, discountable boolean) returns text language sql as $$
    select format(
        'with ended as (
            update pricing.fee_rules set superseded_at = now()
            where code = %L and superseded_at is null and studio_id = auth.studio_id()
            returning *
        )
        insert into pricing.fee_rules (
            studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id,
            division_of, position, version, valid_from, discountable
        )
        select
            e.studio_id, e.term_id, e.code, e.label, e.unit, e.amount_minor, e.charged_modes,
            e.division_id, e.division_of, e.position, e.version + 1, e.superseded_at, %L
        from ended as e', code, discountable
    )
$$;
select is(
    tests.what_if(
        pg_temp.fee('costume_senior', false), format('pg_temp.discounts(%s)', :cart)
    ) #>> '{}',
    'saving -15680, saving -8114', 'a fee that is not discountable is outside the base'
);
select is(
    tests.what_if(
        pg_temp.fee('registration', true), format('pg_temp.discounts(%s)', :cart)
    ) #>> '{}',
    -- 173804 and 91643
    'saving -17380, saving -9164', 'one that is, is inside'
);

-- Every column is in the list, but for what no price shows.
select is_empty(
    $$select a.attname
    from pg_attribute as a
    where
        a.attrelid = 'pricing.discounts'::regclass and a.attnum > 0 and not a.attisdropped
        and a.attname not in ('studio_id', 'id', 'label', 'version', 'position', 'superseded_at')
        and not exists (select from cases as c where c.changed ? a.attname)$$,
    'every column of a discount is tested, its position with the order of discounts'
);
select * from finish();
rollback;
