begin;
set local search_path = tap, public;
select plan(30);
select
    tests.section('Ledger', p_capacity => null) as section,
    tests.section('Other', '{2}', p_capacity => null) as other,
    tests.worker('manager') as manager \gset

-- The entries of the postings of a family since one of them, in words.
create function pg_temp.posted(p_family_id bigint, p_after bigint default 0) returns text
language sql as $$
    select string_agg(p.text, '; ' order by p.id)
    from (
        select
            p.id,
            p.source || ': '
            || string_agg(e.account || ' ' || e.amount_minor, ', ' order by e.number) as text
        from payment.ledger_postings as p
        inner join payment.ledger_entries as e on p.studio_id = e.studio_id and p.id = e.posting_id
        where p.family_id = p_family_id and p.id > p_after
        group by p.id, p.source
    ) as p
$$;
create function pg_temp.last() returns bigint
language sql as $$
    select coalesce(max(p.id), 0) from payment.ledger_postings as p
$$;
create function pg_temp.state(p_payment_id bigint, p_gateway_id text, p_state text) returns void
language sql as $$
    select tests.apply(
        p_payment_id,
        tests.sale(p_payment_id, p_gateway_id, jsonb_build_object('state', p_state))
    )
$$;

-- A registration that is paid: money comes, for nothing yet; it is confirmed; it was for that.
select tests.open_payment(:section) as payment \gset
select p.family_id as family, p.registration_id as registration
from payment.payments as p where p.id = :payment \gset
select is(pg_temp.posted(:family), null, 'a checkout that waits to be paid owes nothing yet');
select pg_temp.state(:payment, 'one', 'authorized');
select is(
    pg_temp.posted(:family),
    'sale: cash_in_transit 91643, unapplied -91643; '
    || 'registration: receivable 91643, revenue:tuition -79643, revenue:fee -12000; '
    || 'application: receivable -91643, unapplied 91643',
    'paid: the sale, what it costs by kind, and what it was for'
);
select is(
    (
        select array_agg(distinct p.registration_id)
        from payment.ledger_postings as p where p.family_id = :family
    ), array[:registration::bigint], 'each says of which registration'
);
select is(
    (
        select array_agg(distinct array[p.occurred_on, p.posted_on]::text)
        from payment.ledger_postings as p where p.family_id = :family
    ),
    array[
        array[
            tests.value('studio.local_date(now())') #>> '{}',
            tests.value('studio.local_date(now())') #>> '{}'
        ]::text
    ],
    'and counts to the day on the studio''s wall'
);
select pg_temp.last() as last \gset
select pg_temp.state(:payment, 'one', 'captured');
select pg_temp.state(:payment, 'one', 'captured');
select is(pg_temp.posted(:family, :last), null, 'captured is no news to the ledger');
select pg_temp.state(:payment, 'one', 'settled');
select pg_temp.state(:payment, 'one', 'settled');
select is(
    pg_temp.posted(:family, :last), 'settlement: cash_in_transit -91643, cash 91643',
    'settled, it is cash, once'
);
-- It is taken back all the same.
select pg_temp.last() as last \gset
select pg_temp.state(:payment, 'one', 'voided');
select is(
    pg_temp.posted(:family, :last), 'reversal: receivable 91643, cash -91643',
    'what the bank takes back of what was settled is owed again'
);

-- A sale that confirms nothing.
select tests.open_payment(:section) as payment \gset
select p.family_id as family from payment.payments as p where p.id = :payment \gset
select pg_temp.state(:payment, 'right', 'captured');
select pg_temp.last() as last \gset
select pg_temp.state(:payment, 'second', 'captured');
select is(
    pg_temp.posted(:family, :last), 'sale: cash_in_transit 91643, unapplied -91643',
    'a second card has paid nothing'
);
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'void of second',
        '{"type": "void", "state": "authorized", "parentTransaction": "second"}'
    )
);
select is(
    pg_temp.posted(:family, :last),
    'sale: cash_in_transit 91643, unapplied -91643; '
    || 'reversal: cash_in_transit -91643, unapplied 91643',
    'voided, it is nobody''s'
);
select pg_temp.state(:payment, 'second', 'captured');
select pg_temp.state(:payment, 'second', 'voided');
select is(
    (
        select count(*) from payment.ledger_postings as p
        where p.family_id = :family and p.id > :last
    ), 2::bigint, 'and stays so, whatever comes late'
);
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'void of third',
        '{"type": "void", "state": "authorized", "parentTransaction": "third"}'
    )
);
select pg_temp.state(:payment, 'third', 'captured');
select is(
    pg_temp.posted(:family, :last), null, 'a sale whose void was heard of first was never money'
);
select pg_temp.state(:payment, w.id, w.state)
from (
    values ('fourth', 'declined'), ('fifth', 'expired'), ('sixth', 'heldForReview')
) as w (id, state);
select is(pg_temp.posted(:family, :last), null, 'nor one that was never authorized, or not yet');
select pg_temp.state(:payment, 'sixth', 'authorized');
select is(
    pg_temp.posted(:family, :last), 'sale: cash_in_transit 91643, unapplied -91643',
    'until it is'
);
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'foreign', '{"total": {"amount": "916.43", "currencyCode": "CAD"}}'
    )
);
select is(
    pg_temp.posted(:family, :last), 'sale: cash_in_transit 91643, unapplied -91643',
    'another currency''s money is in no account'
);

-- A refund at the gateway.
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back',
        '{"type": "refund", "state": "authorized", "parentTransaction": "right",
        "total": {"amount": "100.00", "currencyCode": "USD"}}'
    )
);
select is(
    pg_temp.posted(:family, :last), 'refund: receivable 10000, cash_in_transit -10000',
    'what is given back of what was paid is owed again, if nothing lowers the price'
);
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back',
        '{"type": "refund", "state": "settled", "parentTransaction": "right",
        "total": {"amount": "100.00", "currencyCode": "USD"}}'
    )
);
select is(
    pg_temp.posted(:family, :last),
    'refund: receivable 10000, cash_in_transit -10000; settlement: cash_in_transit 10000, cash -10000',
    'and is cash that went'
);
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back too',
        '{"type": "refund", "state": "captured", "parentTransaction": "sixth"}'
    )
);
select is(
    pg_temp.posted(:family, :last), 'refund: cash_in_transit -91643, unapplied 91643',
    'what had paid nothing goes back from there'
);
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back too',
        '{"type": "refund", "state": "voided", "parentTransaction": "sixth"}'
    )
);
select is(
    pg_temp.posted(:family, :last), 'reversal: cash_in_transit 91643, unapplied -91643',
    'and is back when the refund is voided'
);

-- Credits: granted, spent, and what is given back for a change.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select pg_temp.last() as last \gset
select tests.as_staff(
    :manager, format('api.grant_credit(%s, 5000, ''sorry'')', :family)
) as credit \gset
select is(
    pg_temp.posted(:family, :last), 'credit: credits -5000, credits_granted 5000',
    'a credit is owed to the family'
);
select tests.discount('{"kind": "percent", "percent_bp": 1000}') \g /dev/null
select tests.cart(:student, :section, :other) as cart \gset
select tests.use_credit(:cart);
select tests.quote(:cart) as quote \gset
select pg_temp.last() as last \gset
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.posted(:family, :last),
    (
        select format(
            'sale: cash_in_transit %1$s, unapplied -%1$s; '
            || 'registration: receivable %1$s, credits 5000, revenue:tuition %2$s, '
            || 'revenue:fee %3$s, discounts %4$s; '
            || 'application: receivable -%1$s, unapplied %1$s',
            :'quote'::jsonb -> 'total_minor',
            - tests.amount_of_kind(:'quote', 'tuition'),
            - tests.amount_of_kind(:'quote', 'fee'),
            - tests.amount_of_kind(:'quote', 'discount')
        )
    ),
    'spent by a checkout it no longer is; discounts are off what is earned'
);
select e.id as enrollment from enrollment.enrollments as e
where e.registration_id = :registration and e.section_id = :other \gset
select pg_temp.last() as last \gset
select tests.as_staff(
    :manager,
    format(
        'api.cancel_enrollment(%s, ''please'', price_change_minor => -30000, preview => true)',
        :enrollment
    )
) \g /dev/null
select is(pg_temp.posted(:family, :last), null, 'a preview posts nothing');
select tests.as_staff(
    :manager,
    format('api.cancel_enrollment(%s, ''please'', price_change_minor => -30000)', :enrollment)
) \g /dev/null
select is(
    pg_temp.posted(:family, :last), 'change: credits -30000, revenue:change 30000',
    'a class given up for a credit: what was paid is owed as such'
);
select is(
    (select count(*) from pricing.credits as c where c.family_id = :family), 2::bigint,
    'which is a credit, and posted with the change alone'
);
select e.id as enrollment from enrollment.enrollments as e
where e.registration_id = :registration and e.section_id = :section \gset
select pg_temp.last() as last \gset
select tests.as_staff(
    :manager,
    format(
        'api.cancel_enrollment(%s, ''please'', price_change_minor => -100, as_credit => false)',
        :enrollment
    )
) \g /dev/null
select is(
    pg_temp.posted(:family, :last), 'change: receivable -100, revenue:change 100',
    'without one it stays with the registration'
);
-- Free.
select tests.student(:family, 'Ana') as student \gset
select tests.override(:manager, :student, :section, 0) \g /dev/null
select tests.cart(:student, :section) as cart \gset
select tests.use_credit(:cart);
select pg_temp.last() as last \gset
select tests.confirmed(:cart) as registration \gset
select is(
    (
        select r.total_minor || ' ' || r.status from enrollment.registrations as r
        where r.id = :registration
    ), '0 confirmed', 'paid whole by a credit'
);
select is(
    pg_temp.posted(:family, :last),
    'registration: credits 11200, revenue:fee -12000, discounts 800',
    'it is earned none the less'
);

-- At the end everything is balanced, and nothing is missing.
select lives_ok(
    $$select tests.act_as_deploy(); set constraints all immediate$$, 'all postings are balanced'
);
set constraints all deferred;
select tests.act_as_operator();
select is(
    (select sum(e.amount_minor) from payment.ledger_entries as e), 0::numeric, 'and so is the ledger'
);
select is(
    tests.value('(select jsonb_agg(f) from payment.unposted_facts(''-infinity'', 100) as f)'),
    null, 'no fact has not posted itself'
);
select is(tests.value('payment.post_missing()'), '0', 'there is nothing for the job to do');
select * from finish();
rollback;
