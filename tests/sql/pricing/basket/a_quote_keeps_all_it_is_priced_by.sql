-- Whatever changes later, but for the rules by the instant: from what the quote keeps, its own
-- lines come out again. Each change is one that would give a new quote another price.
begin;
set local search_path = tap, public;
select plan(32);
select tests.section('Kept', '{1}') as monday \gset
select tests.section('Kept again', '{1}') as again \gset
select tests.section('Kept junior', '{2}', 'junior') as junior \gset
select tests.section('Kept program', '{3}', 'technique') as program \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :monday, :again, :junior, :program) as cart \gset
select tests.worker() as staff \gset
select tests.add_on(:monday, 'early', 2000);
select tests.want(:cart, :monday, 'early');
select tests.as_staff(
    :staff,
    format('api.set_line_price(%s, %s, ''fee'', ''video'', 100, ''test'')', tests.term(), :student)
) as set_line \gset
select tests.as_staff(
    :staff,
    format(
        'api.adjust_price(%s, %s, ''other'', ''Test'', -100, ''test'')', tests.term(), :student
    )
) as adjustment \gset
select c.family_id as family from enrollment.carts as c where c.id = :cart \gset
select tests.as_staff(:staff, format('api.grant_credit(%s, 100, ''test'')', :family)) as c \gset
select tests.use_credit(:cart);
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.student(tests.family()) as dancer \gset
select tests.cart(:dancer, :program) as program_cart \gset
select tests.quote(:program_cart, 'monthly') ->> 'quote_id' as program_quote \gset
select tests.section('Kept camp', '{1}', p_mode => 'tiered') as camp \gset
select tests.section('Kept dates', '{2}', p_mode => 'drop_in') as by_date \gset
select tests.tier_price(:camp, 'all_day', 30000), tests.tier_price(:camp, 'first_half', 20000),
    tests.date_price(:by_date, 2000) \g /dev/null
select tests.cart(tests.student(tests.family()), :camp, :by_date) as chosen_cart \gset
select tests.quote(:chosen_cart) ->> 'quote_id' as chosen_quote \gset
select s.class_id as class from catalog.sections as s where s.id = :monday \gset

create temporary table changes (change text, cart bigint, plan text, quote bigint, what text);
insert into changes values
(
    'update studio.settings set rate_step_basis = ''weekly_meetings''
    where studio_id = auth.studio_id()', :cart, 'full', :quote, 'what a rate step counts'
),
(
    'update catalog.divisions set rank = 0 where code = ''senior''
    and studio_id = auth.studio_id()', :cart, 'full', :quote, 'which division is the higher one'
),
(
    'update catalog.divisions set mixes = false where code = ''junior''
    and studio_id = auth.studio_id()', :cart, 'full', :quote, 'which divisions mix'
),
(
    'insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
    values (auth.studio_id(), ' || tests.term() || ', ''costume_senior'', ' || :class || ')',
    :cart, 'full', :quote, 'what a class is exempt from'
),
(
    'update catalog.programs set plan_fee_waived = not plan_fee_waived
    where studio_id = auth.studio_id()', :program_cart, 'monthly', :program_quote,
    'which programs are spared the fee of a plan'
),
(
    'update catalog.section_times set weekday = weekday + 3
    where section_id = ' || :monday, :cart, 'full', :quote, 'on which days a class is'
),
(
    'update catalog.classes set price_mode = ''program'', division_id = null, program_id = (
        select g.id from catalog.programs as g
        where g.studio_id = auth.studio_id() and g.code = ''technique''
    ) where id = ' || :class, :cart, 'full', :quote, 'how a class is priced'
),
(
    format(
        'update catalog.sections set ends_on = starts_on + 10 where id = %s;
        update catalog.sections set starts_on = starts_on + 20 where id in (%s, %s)',
        :monday, :again, :junior
    ), :cart, 'full', :quote, 'when in the term a class is'
),
(
    'update enrollment.cart_items set add_on_codes = ''{}'' where cart_id = ' || :cart,
    :cart, 'full', :quote, 'which add-ons were asked for'
),
(
    'update pricing.line_overrides set superseded_at = now() + interval ''1 s''',
    :cart, 'full', :quote, 'which lines staff have set'
),
(
    'update pricing.adjustments set status = ''withdrawn'', withdrawal_reason = ''test''',
    :cart, 'full', :quote, 'which adjustments were open'
),
(
    'update enrollment.carts set uses_credit = false where id = ' || :cart,
    :cart, 'full', :quote, 'whether credits are spent'
),
(
    format(
        'insert into pricing.credits (studio_id, family_id, amount_minor, reason, issued_by)
        values (auth.studio_id(), %s, 100, ''test'', %s)', :family, :staff
    ), :cart, 'full', :quote, 'what is left of them'
),
(
    'delete from enrollment.cart_items where section_id = ' || :junior,
    :cart, 'full', :quote, 'what is in the cart'
),
(
    'update enrollment.cart_items set tier_id = (select id from catalog.section_tiers
    where section_id = ' || :camp || ' and code = ''first_half'') where section_id = ' || :camp,
    :chosen_cart, 'full', :chosen_quote, 'which tier was picked'
),
(
    'update enrollment.cart_items set dates = tests.dates(section_id, 3)
    where section_id = ' || :by_date, :chosen_cart, 'full', :chosen_quote, 'which dates were picked'
);
select isnt(
    tests.what_if(c.change, format('tests.total(%s, %L)', c.cart, c.plan)),
    to_jsonb(tests.total(c.cart, c.plan)), c.what || ': a new quote differs'
) from changes as c;
select is(
    tests.what_if(c.change, format('tests.replayed(%s)', c.quote)), tests.kept(c.quote),
    c.what || ': the old one replays'
) from changes as c;
select * from finish();
rollback;
