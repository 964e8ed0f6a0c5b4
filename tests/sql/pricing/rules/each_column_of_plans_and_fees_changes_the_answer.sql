-- The columns of rules and settings that the cart of the file beside this one does not show. Each is
-- changed alone in a next version of its rule, and what a family is told must change with it.
begin;
set local search_path = tap, public;
select plan(25);
select t.starts_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section('Columns Mon', '{1}') as monday \gset
select tests.section('Columns Tue', '{2}') as tuesday \gset
select tests.section('Columns Wed', '{3}') as other \gset
select tests.section('Columns technique', '{4}', 'technique') as program \gset
select tests.section('Columns little', '{5}', 'early_childhood') as little \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.confirmed(tests.cart(:one, :monday)) as registration \gset
select tests.cart(:one, :tuesday) as cart \gset
select tests.cart(tests.student(tests.family()), :program) as program_cart \gset
select tests.cart(tests.student(tests.family()), :little) as little_cart \gset
select tests.family() as siblings \gset
select tests.confirmed(tests.cart(tests.student(:siblings), :monday)) as registration \gset
select tests.cart(tests.student(:siblings), :monday) as later_cart \gset
select s.class_id as other_class from catalog.sections as s where s.id = :other \gset
-- A plan of each kind, beside the demo's.
select tests.run(
    format(
        $$insert into pricing.payment_plans (
            studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout,
            deposit_minor, due_dates, shares_bp, valid_from
        )
        select
            auth.studio_id(), %s, p.kind, p.code, p.code, 2, false, false, p.deposit_minor,
            p.due_dates, p.shares_bp, now() - interval '1 hour'
        from (
            values
            ('deposit_flat', 'flat', 10000, null::date [], null::integer []),
            ('dated', 'dated', null, '{2099-01-01,2099-02-01}', '{5000,5000}')
        ) as p (kind, code, deposit_minor, due_dates, shares_bp)$$, tests.term()
    )
);
-- What is told as of the fifth Tuesday of the term, less what differs in any case.
create function pg_temp.answer(cart bigint, plan text) returns text language plpgsql as $$
declare
    v_at timestamptz;
begin
    select (t.starts_on + 29) at time zone 'America/New_York' into v_at
    from catalog.terms as t where t.id = tests.term();
    return tests.value(
        format(
            'pricing.quote_document(%s)',
            tests.value(
                format(
                    'pricing.store_quote(%s, null, pricing.plan_of(%s, %L, null, %L), %L)', cart,
                    tests.term(), plan, v_at, v_at
                )
            )
        )
    ) #- '{quote_id}';
exception
    when sqlstate 'PGRST' then
        return sqlerrm::jsonb ->> 'code';
end;
$$;
create temporary table changes (
    number integer generated always as identity, cart bigint, plan text, rules text, which text,
    changes jsonb, what text
);
insert into changes (cart, plan, rules, which, changes, what) values
(:cart, 'full', 'fee_rules', 'code = ''registration''', '{"once_per_term": false}',
'fee_rules.once_per_term'),
(:cart, 'full', 'fee_rules', 'code = ''costume_senior''', '{"proration": "days"}',
'fee_rules.proration'),
(:program_cart, 'full', 'program_prices', 'true', '{"registration_fee_minor": 1}',
'program_prices.registration_fee_minor'),
(:cart, 'monthly', 'payment_plans', 'code = ''monthly''', '{"last_due_on": "2000-01-01"}',
'payment_plans.last_due_on'),
(:cart, 'flat', 'payment_plans', 'code = ''flat''', '{"deposit_minor": 1}',
'payment_plans.deposit_minor'),
(:cart, 'flat', 'payment_plans', 'code = ''flat''', '{"balance_due_on": "2099-01-01"}',
'payment_plans.balance_due_on'),
(:cart, 'deposit', 'payment_plans', 'code = ''deposit''', '{"deposit_bp": 1}',
'payment_plans.deposit_bp'),
(:cart, 'dated', 'payment_plans', 'code = ''dated''', '{"due_dates": ["2099-01-01", "2099-02-02"]}',
'payment_plans.due_dates'),
(:cart, 'dated', 'payment_plans', 'code = ''dated''', '{"shares_bp": [4999, 5001]}',
'payment_plans.shares_bp'),
(:cart, 'monthly', 'payment_plans', 'code = ''monthly''',
'{"kind": "deposit_flat", "deposit_minor": 1, "installments": 2, "fee_per_installment_minor": 0}',
'payment_plans.kind');
select isnt(
    tests.what_if(
        format('select tests.supersede(%L, %L, %L)', c.rules, c.which, c.changes),
        format('pg_temp.answer(%s, %L)', c.cart, c.plan)
    ) #>> '{}',
    tests.what_if(
        format('select tests.supersede(%L, %L, ''{}'')', c.rules, c.which),
        format('pg_temp.answer(%s, %L)', c.cart, c.plan)
    ) #>> '{}',
    c.what
)
from changes as c
order by c.number;

-- Scopes, from a rule that has none.
select tests.supersede(
    'fee_rules', 'code = ''costume_senior''', '{"division_id": null, "division_of": null}',
    now() - interval '1 s'
);
create function pg_temp.costume_of(p_scope jsonb, cart bigint) returns text language sql as $$
    select tests.what_if(
        format('select tests.supersede(''fee_rules'', ''code = ''''costume_senior'''''', %L)', p_scope),
        format('coalesce(tests.amount(pg_temp.answer(%s, ''full'')::jsonb, ''costume_senior''), 0)', cart)
    ) #>> '{}'
$$;
select is(pg_temp.costume_of('{}', :cart), '6500', 'a costume of any class');
select is(
    pg_temp.costume_of(jsonb_build_object('class_id', :other_class), :cart), '0',
    'fee_rules.class_id'
);
select is(
    pg_temp.costume_of(jsonb_build_object('section_id', :other), :cart), '0',
    'fee_rules.section_id'
);
select is(
    pg_temp.costume_of(jsonb_build_object('section_id', :tuesday), :cart), '6500', 'its own section'
);

-- Settings, and facts of the catalogue.
create temporary table facts (cart bigint, plan text, change text, what text);
insert into facts values
(:later_cart, 'full', 'update studio.settings set family_discount_later = false',
'settings.family_discount_later'),
(:cart, 'full', 'update studio.settings set tuition_proration = ''days''',
'settings.tuition_proration: days'),
(:cart, 'full', 'update studio.settings set tuition_proration = ''meetings''',
'settings.tuition_proration: meetings'),
(:cart, 'deposit', 'update studio.settings set balance_days = 31', 'settings.balance_days'),
(:little_cart, 'monthly', 'update catalog.divisions set auto_pay_offered = true',
'divisions.auto_pay_offered'),
(:cart, 'monthly', 'update catalog.divisions set auto_pay_offered = false',
'divisions.auto_pay_offered, the other way round');
select isnt(
    tests.what_if(f.change, format('pg_temp.answer(%s, %L)', f.cart, f.plan)) #>> '{}',
    pg_temp.answer(f.cart, f.plan), f.what
)
from facts as f;
select isnt(
    tests.what_if(
        'update studio.settings set tuition_proration = ''days''',
        format('pg_temp.answer(%s, ''full'')', :cart)
    ),
    tests.what_if(
        'update studio.settings set tuition_proration = ''meetings''',
        format('pg_temp.answer(%s, ''full'')', :cart)
    ), 'days are not meetings'
);

-- Settings that make no sense are refused.
select is(
    tests.error(format('select tests.run(%L)', s.change)) ->> 'details', s.refused, s.change
)
from (
    values
    (
        'update studio.settings set tuition_proration = ''weeks''',
        'settings_tuition_proration_known'
    ),
    ('update studio.settings set balance_days = 0', 'settings_balance_days_range'),
    ('update studio.settings set balance_days = 366', 'settings_balance_days_range'),
    ('update studio.settings set family_discount_later = null', 'settings_studio_complete')
) as s (change, refused);
select * from finish();
rollback;
