begin;
set local search_path = tap, public;
select plan(12);
select
    tests.section('Statement', p_capacity => null) as section,
    tests.section('Other', '{2}', p_capacity => null) as other,
    tests.worker('manager') as manager,
    tests.family() as family,
    tests.family('Baker') as baker \gset
select tests.student(:family) as student \gset
create function pg_temp.statement(p_account text) returns text
language sql as $$
    select string_agg(
        concat_ws(' ', s ->> 'source', s ->> 'amount_minor', s ->> 'balance_minor'), '; '
        order by (s ->> 'posting_id')::bigint
    )
    from jsonb_array_elements(
        tests.as_family(
            current_setting('tests.family')::bigint,
            format(
                '(select coalesce(jsonb_agg(s), ''[]'') from api.family_statement as s where s.account = %L)',
                p_account
            )
        )
    ) as s
$$;
select set_config('tests.family', :'family', true) \g /dev/null
select is(
    tests.as_family(:family, '(select count(*) from api.family_balances)'), '0',
    'a family that never had to pay has none'
);
select tests.as_staff(:manager, format('api.grant_credit(%s, 5000, ''sorry'')', :family)) \g /dev/null
select tests.cart(:student, :section, :other) as cart \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
select e.id as enrollment from enrollment.enrollments as e
where e.registration_id = :registration and e.section_id = :other \gset
select tests.as_staff(
    :manager,
    format('api.cancel_enrollment(%s, ''please'', price_change_minor => -30000)', :enrollment)
) \g /dev/null
select p.id as payment, p.amount_minor as paid
from payment.payments as p where p.registration_id = :registration \gset
select tests.apply(:payment, tests.sale(:payment, 'again'));
select tests.apply(
    :payment,
    tests.sale(:payment, 'trx-of-' || :payment, '{"state": "voided"}')
);
select is(
    pg_temp.statement('receivable'),
    format(
        'registration %1$s %1$s; application -%1$s 0; reversal %1$s %1$s', :paid
    ), 'what it owes, paid, and owes again'
);
select is(
    pg_temp.statement('credits'),
    'credit -5000 -5000; registration 5000 0; change -30000 -30000', 'its credits'
);
select is(
    pg_temp.statement('unapplied'),
    format(
        'sale -%1$s -%1$s; application %1$s 0; sale -%1$s -%1$s', :paid
    ), 'and money that has paid nothing'
);
select is(
    pg_temp.statement('cash_in_transit'), null, 'the studio''s own accounts are none of its business'
);
select is(
    tests.as_family(:family, '(select jsonb_agg(b) from api.family_balances as b)'),
    jsonb_build_array(
        jsonb_build_object(
            'family_id', :family, 'receivable_minor', :paid, 'credits_minor', 30000,
            'unapplied_minor', :paid
        )
    ), 'in short'
);
select is(
    tests.as_family(:baker, '(select count(*) from api.family_statement)'), '0',
    'another family sees nothing of it'
);
select is(
    tests.as_family(:baker, '(select count(*) from api.family_balances)'), '0', 'nor in short'
);
select ok(
    tests.as_staff(:manager, '(select count(*) from api.family_balances)')::integer >= 1,
    'staff see every family''s'
);
select is(
    tests.as_staff(
        :manager, '(select jsonb_agg(b.family_id) from api.family_balances as b)', :family
    ), jsonb_build_array(:family), 'or one''s'
);
-- What the books say of it all.
select is(
    tests.as_staff(
        :manager,
        '(
            select jsonb_object_agg(e.source || '' '' || e.account, e.debit_minor - e.credit_minor)
            from api.ledger_entries as e
            where e.posted_on >= ''2026-01-01'' and e.source in (''change'', ''credit'')
        )',
        :family, 'manager'
    ),
    '{
        "change credits": -30000, "change revenue:change": 30000, "credit credits": -5000,
        "credit credits_granted": 5000
    }',
    'managers read every entry'
);
select is(
    tests.as_staff(
        :manager,
        '(select sum(e.debit_minor) = sum(e.credit_minor) from api.ledger_entries as e)', null,
        'manager'
    ), 'true', 'debits are credits'
);
select * from finish();
rollback;
