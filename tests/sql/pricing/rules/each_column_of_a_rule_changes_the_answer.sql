-- A column that nothing reads is a promise that nobody keeps: each one, changed alone, must change
-- what a family is told. The cart has every kind of line.
begin;
set local search_path = tap, public;
select plan(106);
select tests.worker() as staff \gset
select tests.section('Columns Mon', '{1}') as monday \gset
select tests.section(
    'Columns Mon again', '{1}', p_starts_at => '12:00', p_ends_at => '13:00'
) as again \gset
select tests.section('Columns junior', '{2,4}', 'junior') as junior \gset
select tests.section('Columns program', '{3}', 'technique') as program \gset
select tests.section('Columns set price', '{5}') as overridden \gset
select tests.section('Columns camp', '{6}', p_mode => 'tiered') as camp \gset
select tests.section('Columns by date', '{7}', p_mode => 'drop_in') as by_date \gset
select tests.section('Columns other', '{7}', p_mode => 'tiered') as other_camp \gset
select tests.tier_price(:camp, 'all_day', 30000), tests.date_price(:by_date, 2000) \g /dev/null
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday, :again, :junior, :program, :camp, :by_date) as cart \gset
select tests.cart(:two, :overridden) as cart \gset
select tests.override(:staff, :two, :overridden, 10000) as override \gset
select tests.add_on(:monday, 'shirt', 1500, true);
select tests.add_on(:monday, 'early', 2000);
select tests.add_on(:monday, 'late', 2500);
select tests.want(:cart, :monday, 'early');
select tests.section('Columns flat', '{6}') as flat \gset
select tests.cart(:one, :flat) as cart \gset
select tests.run(
    format(
        'insert into pricing.class_prices (
            studio_id, class_id, amount_minor, reason, set_by, valid_from
        )
        select s.studio_id, s.class_id, 30000, ''test'', %s, now() - interval ''1 s''
        from catalog.sections as s where s.id = %s', :staff, :flat
    )
);
select tests.as_staff(
    :staff,
    format('api.set_line_price(%s, %s, ''fee'', ''video'', 100, ''test'')', tests.term(), :one)
) as set_line \gset
select tests.as_staff(
    :staff,
    format(
        'api.adjust_price(%s, %s, ''other'', ''Test'', -100, ''test'')', tests.term(), :one
    )
) as adjustment \gset
select tests.run(
    format(
        $$insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
        select auth.studio_id(), f.term_id, f.code, s.class_id
        from pricing.fee_rules as f, catalog.sections as s
        where f.studio_id = auth.studio_id() and f.code = 'registration'
        and s.id = %s$$, :overridden
    )
);
-- A term and a program that nothing else uses, to move rules to.
select tests.run(
    $$insert into catalog.terms
    (studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at)
    values (
        auth.studio_id(), 'Other term', '2030-01-01', '2030-06-01', now(), now() + interval '1 day'
    )$$
);
select t.id as term from catalog.terms as t where t.name = 'Other term' \gset
select tests.run(
    $$insert into catalog.programs (studio_id, code, name)
    values (auth.studio_id(), 'unused', 'Unused')$$
);

-- What is told, less what differs in any case from one quote to the next and from one version of a
-- rule to the next; version 7 is seen.
create function pg_temp.answer(cart bigint, plan text) returns text language sql as $$
    select coalesce(
        tests.quote_error(cart, plan) ->> 'code',
        regexp_replace(
            (tests.quote(cart, plan) - 'quote_id')::text,
            '"rule": {"id": [0-9]+, "table": "[a-z_.]+", "version": [12]}'
            '|"rule_id": [0-9]+|"rule_version": [12]',
            '', 'g'
        )
    )
$$;
-- A rule is changed by its next version; setting null: it has none.
create temporary table changes (
    number integer generated always as identity, rules text, changed text, setting text, which text
);
insert into changes (rules, changed, setting, which) values
('rates', 'term_id', :'term', 'division_id = :senior and weekly_count = 3'),
(
    'rates', 'division_id', '(select id from catalog.divisions where code = ''early_childhood'')',
    'division_id = :senior and weekly_count = 3'
),
('rates', 'weekly_count', '9', 'division_id = :senior and weekly_count = 3'),
('rates', 'amount_minor', '1', 'division_id = :senior and weekly_count = 3'),
('rates', 'version', '7', 'division_id = :senior and weekly_count = 3'),
('rates', 'valid_from', 'now() + interval ''1 s''', 'division_id = :senior and weekly_count = 3'),
(
    'rates', 'location_id', '(select id from studio.locations where name = ''Uptown'')',
    'division_id = :senior and weekly_count = 3'
),
('rates', 'superseded_at', null, 'division_id = :senior and weekly_count = 3'),
('program_prices', 'term_id', :'term', 'program_id = :technique'),
(
    'program_prices', 'program_id', '(select id from catalog.programs where code = ''unused'')',
    'program_id = :technique'
),
('program_prices', 'amount_minor', '1', 'program_id = :technique'),
('program_prices', 'version', '7', 'program_id = :technique'),
('program_prices', 'valid_from', 'now() + interval ''1 s''', 'program_id = :technique'),
('program_prices', 'superseded_at', null, 'program_id = :technique'),
('fee_rules', 'term_id', :'term', 'code = ''costume_senior'''),
('fee_rules', 'code', '''dress''', 'code = ''costume_senior'''),
('fee_rules', 'label', '''Dress''', 'code = ''costume_senior'''),
('fee_rules', 'unit', '''student''', 'code = ''costume_senior'''),
('fee_rules', 'amount_minor', '1', 'code = ''costume_senior'''),
('fee_rules', 'charged_modes', 'array[''program'']', 'code = ''costume_senior'''),
('fee_rules', 'division_id', ':junior', 'code = ''costume_senior'''),
('fee_rules', 'division_of', '''student''', 'code = ''costume_senior'''),
('fee_rules', 'position', '9', 'code = ''costume_senior'''),
('fee_rules', 'version', '7', 'code = ''costume_senior'''),
('fee_rules', 'valid_from', 'now() + interval ''1 s''', 'code = ''costume_senior'''),
('fee_rules', 'superseded_at', null, 'code = ''costume_senior'''),
('fee_exemptions', 'fee_code', '''video''', 'true'),
('fee_exemptions', 'term_id', :'term', 'true'),
(
    'fee_exemptions', 'class_id',
    '(select max(class_id) from catalog.sections where id <> ' || :overridden || ')', 'true'
),
('family_discounts', 'term_id', :'term', 'true'),
('family_discounts', 'min_students', '3', 'true'),
('family_discounts', 'amount_minor', '1', 'true'),
('family_discounts', 'version', '7', 'true'),
('family_discounts', 'valid_from', 'now() + interval ''1 s''', 'true'),
('family_discounts', 'superseded_at', null, 'true'),
('payment_plans', 'term_id', :'term', 'code = ''monthly'''),
('payment_plans', 'code', '''other''', 'code = ''monthly'''),
('payment_plans', 'label', '''Other''', 'code = ''monthly'''),
('payment_plans', 'installments', '4', 'code = ''monthly'''),
('payment_plans', 'auto_pay', 'false, ''kind'', ''full'', ''installments'', 1', 'code = ''monthly'''),
('payment_plans', 'fee_per_installment_minor', '1', 'code = ''monthly'''),
('payment_plans', 'version', '7', 'code = ''monthly'''),
('payment_plans', 'valid_from', 'now() + interval ''1 s''', 'code = ''monthly'''),
('payment_plans', 'superseded_at', null, 'code = ''monthly'''),
('overrides', 'student_id', :'one', 'true'),
('overrides', 'section_id', :'monday', 'true'),
('overrides', 'amount_minor', '1', 'true'),
('overrides', 'valid_from', 'now() + interval ''1 s''', 'true'),
('overrides', 'superseded_at', null, 'true'),
('add_ons', 'section_id', :'again', 'code = ''shirt'''),
('add_ons', 'code', '''other''', 'code = ''early'''),
('add_ons', 'name', '''Other''', 'code = ''shirt'''),
('add_ons', 'amount_minor', '1', 'code = ''shirt'''),
('add_ons', 'required', 'true', 'code = ''late'''),
('add_ons', 'position', '9', 'code = ''early'''),
('add_ons', 'version', '7', 'code = ''shirt'''),
('add_ons', 'valid_from', 'now() + interval ''1 s''', 'code = ''shirt'''),
('add_ons', 'superseded_at', null, 'code = ''early'''),
(
    'class_prices', 'class_id',
    '(select s.class_id from catalog.sections as s where s.id = ' || :junior || ')', 'true'
),
('class_prices', 'amount_minor', '1', 'true'),
('class_prices', 'version', '7', 'true'),
('class_prices', 'valid_from', 'now() + interval ''1 s''', 'true'),
('class_prices', 'superseded_at', null, 'true'),
('line_overrides', 'term_id', :'term', 'true'),
('line_overrides', 'student_id', 'null', 'true'),
('line_overrides', 'kind', '''program''', 'true'),
('line_overrides', 'code', '''registration''', 'true'),
('line_overrides', 'amount_minor', '1', 'true'),
('line_overrides', 'superseded_at', null, 'true'),
('adjustments', 'term_id', :'term', 'true'),
('adjustments', 'student_id', :'two', 'true'),
('adjustments', 'kind', '''proration''', 'true'),
('adjustments', 'label', '''Other''', 'true'),
('adjustments', 'amount_minor', '1', 'true'),
('adjustments', 'status', '''withdrawn'', withdrawal_reason = ''test''', 'true'),
(
    'tier_prices', 'section_id', :other_camp || ', ''tier_id'', (select max(id)
    from catalog.section_tiers where section_id = ' || :other_camp || ')',
    'section_id = ' || :camp
),
(
    'tier_prices', 'tier_id', '(select id from catalog.section_tiers where section_id = '
    || :camp || ' and code = ''first_half'')', 'section_id = ' || :camp
),
('tier_prices', 'amount_minor', '1', 'section_id = ' || :camp),
('tier_prices', 'version', '7', 'section_id = ' || :camp),
('tier_prices', 'valid_from', 'now() + interval ''1 s''', 'section_id = ' || :camp),
('tier_prices', 'superseded_at', null, 'section_id = ' || :camp),
('date_prices', 'section_id', :'other_camp', 'section_id = ' || :by_date),
('date_prices', 'held_on', '''2000-01-01''', 'section_id = ' || :by_date),
('date_prices', 'amount_minor', '1', 'section_id = ' || :by_date),
('date_prices', 'version', '7', 'section_id = ' || :by_date),
('date_prices', 'valid_from', 'now() + interval ''1 s''', 'section_id = ' || :by_date),
('date_prices', 'superseded_at', null, 'section_id = ' || :by_date);
update changes
set
    setting = replace(setting, ':junior', d.junior::text),
    which = replace(replace(which, ':senior', d.senior::text), ':technique', d.technique::text)
from (
    select
        max(d.id) filter (where d.code = 'junior') as junior,
        max(d.id) filter (where d.code = 'senior') as senior,
        max(g.id) as technique
    from catalog.divisions as d
    inner join catalog.programs as g on d.studio_id = g.studio_id and g.code = 'technique'
    where d.studio_id = (select s.id from studio.studios as s where s.slug = 'aydt')
) as d;

-- The price of a line was set a moment after now(), and holds until it is superseded.
create function pg_temp.instant(p_rules text) returns text language sql as $$
    select case p_rules when 'line_overrides' then 'clock_timestamp()' else 'now()' end
$$;
select pg_temp.answer(:cart, 'monthly') as before \gset
select is(
    tests.what_if('select 1', format('pg_temp.answer(%s, ''monthly'')', :cart)) #>> '{}',
    :'before'::text, 'where nothing changes, the answer is the same'
);
select is(
    tests.what_if(
        format(
            'select tests.supersede(%L, ''true'', ''{}'', %s)', c.rules, pg_temp.instant(c.rules)
        ),
        format('pg_temp.answer(%s, ''monthly'')', :cart)
    ) #>> '{}',
    :'before'::text, c.rules || ': a next version that is the same gives the same answer'
)
from changes as c
where c.changed = 'superseded_at'
order by c.number;
select isnt(
    tests.what_if(
        case
            when c.rules in ('fee_exemptions', 'adjustments')
                then format(
                    'update pricing.%I set %I = %s where studio_id = auth.studio_id() and %s',
                    c.rules, c.changed, c.setting, c.which
                )
            when c.setting is null
                then format(
                    'select tests.supersede(%L, %L, null, %s)', c.rules, c.which,
                    pg_temp.instant(c.rules)
                )
            else format(
                'select tests.supersede(%L, %L, jsonb_build_object(%L, %s), %s)',
                c.rules, c.which, c.changed, c.setting, pg_temp.instant(c.rules)
            )
        end,
        format('pg_temp.answer(%s, ''monthly'')', :cart)
    ) #>> '{}',
    :'before'::text,
    c.rules || '.' || c.changed
)
from changes as c
order by c.number;

-- The facts of the catalogue that a price is made of.
select isnt(
    tests.what_if(c.change, format('pg_temp.answer(%s, ''monthly'')', :cart)) #>> '{}',
    :'before'::text, c.fact
)
from (
    values
    ('divisions.rank', 'update catalog.divisions set rank = 9 where code = ''junior'''),
    ('divisions.mixes', 'update catalog.divisions set mixes = false where code = ''junior'''),
    (
        'settings.rate_step_basis',
        'update studio.settings set rate_step_basis = ''weekly_meetings''
        where studio_id = auth.studio_id()'
    )
) as c (fact, change);
-- Two columns act where this cart does not show it.
select is(
    (
        select sum(tests.total(v.cart, 'monthly')) from (
            values (tests.cart(tests.student(tests.family()), :program))
        ) as v (cart)
    ),
    71678::numeric, 'programs.plan_fee_waived: no fee for its payments'
);
select tests.cart(tests.student(tests.family()), :program) as program_cart \gset
select is(
    tests.what_if(
        'update catalog.programs set plan_fee_waived = false',
        format('tests.total(%s, ''monthly'')', :program_cart)
    ),
    '74178', 'programs.plan_fee_waived: false brings it back'
);
select tests.cart(tests.student(tests.family()), :monday) as full_cart \gset
select is(
    tests.what_if(
        $$select tests.supersede('payment_plans', 'true', '{"accepts_checkout": false}')$$,
        format('tests.checkout(%s)', :full_cart)
    ),
    '"plan_not_available"', 'payment_plans.accepts_checkout'
);

-- The list above is whole: a new column of a rule is tested here or named below with its reason.
select is_empty(
    $$select c.relname || '.' || a.attname
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'pricing'::regnamespace
    and c.relname in (select rules from changes)
    and (c.relname, a.attname) not in (select rules, changed from changes)
    and a.attname not in ('studio_id', 'id')
    and (c.relname, a.attname) not in (
        ('payment_plans', 'accepts_checkout'),
        -- tested beside this file, where the cart shows them
        ('payment_plans', 'kind'),
        ('payment_plans', 'deposit_minor'),
        ('payment_plans', 'deposit_bp'),
        ('payment_plans', 'balance_due_on'),
        ('payment_plans', 'last_due_on'),
        ('payment_plans', 'due_dates'),
        ('payment_plans', 'shares_bp'),
        -- about the charge, not the price: tests/sql/payment/start_payment
        ('payment_plans', 'do_capture'),
        ('fee_rules', 'class_id'),
        ('fee_rules', 'section_id'),
        ('fee_rules', 'once_per_term'),
        ('fee_rules', 'proration'),
        ('program_prices', 'registration_fee_minor'),
        -- with the columns of discounts
        ('fee_rules', 'discountable'),
        -- bound to the student by a foreign key
        ('overrides', 'family_id'),
        -- kept for whoever asks later; no part of the price
        ('overrides', 'reason'),
        ('overrides', 'set_by'),
        ('class_prices', 'reason'),
        ('class_prices', 'set_by'),
        ('line_overrides', 'reason'),
        ('line_overrides', 'set_by'),
        ('adjustments', 'reason'),
        ('adjustments', 'set_by'),
        ('adjustments', 'created_at'),
        ('adjustments', 'withdrawal_reason'),
        -- read with the catalogue
        ('add_ons', 'description'),
        -- bound to the student or the status
        ('line_overrides', 'family_id'),
        ('adjustments', 'family_id'),
        ('adjustments', 'registration_id'),
        -- which one is live is all that a quote goes by, and what it keeps
        ('line_overrides', 'valid_from')
    )$$,
    'every column of a rule is tested'
);
select * from finish();
rollback;
