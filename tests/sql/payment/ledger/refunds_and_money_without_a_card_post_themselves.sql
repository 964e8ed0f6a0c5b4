begin;
set local search_path = tap, public;
select plan(21);
select
    tests.section('Refunds', p_capacity => null) as section,
    tests.section('Other', '{2}', p_capacity => null) as other,
    tests.worker('owner') as owner \gset
select set_config('tests.owner', :'owner', true) \g /dev/null
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
create function pg_temp.as_owner(p_expression text) returns jsonb
language sql as $$
    select tests.as_staff(
        current_setting('tests.owner')::bigint, p_expression, null, 'owner'
    )
$$;

-- A check for all of it, received last week; the bank sends it back.
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select pg_temp.as_owner(
    format(
        'api.record_payment(%s, ''check'', 91643, ''no. 7'', received_on => %L)', :registration,
        tests.value('studio.local_date(now())') #>> '{}'
    )
) \g /dev/null
select is(
    pg_temp.posted(:family),
    'offline_payment: receivable -91643, cash 91643; '
    || 'registration: receivable 91643, revenue:tuition -79643, revenue:fee -12000',
    'a check is cash, and pays at once'
);
select o.id as check from payment.offline_payments as o where o.family_id = :family \gset
select pg_temp.last() as last \gset
select pg_temp.as_owner(format('api.return_check(%s, ''bounced'')', :check)) \g /dev/null
select is(
    pg_temp.posted(:family, :last), 'returned_payment: receivable 91643, returned_items -91643',
    'sent back, it is owed again, and stands beside the cash'
);
select is(
    tests.as_family(:family, '(select jsonb_agg(b.receivable_minor) from api.family_balances as b)'),
    '[91643]', 'so the family sees'
);

-- Cash on two days, the first in part; then a part goes back by hand.
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select pg_temp.as_owner(
    format(
        'api.record_payment(
            %s, ''cash'', 50000, received_on => %L, balance_due_on => %L
        )', :registration,
        (tests.value('studio.local_date(now())') #>> '{}')::date - 9,
        (tests.value('studio.local_date(now())') #>> '{}')::date + 9
    )
) \g /dev/null
select pg_temp.as_owner(format('api.record_payment(%s, ''cash'', 41643)', :registration))
\g /dev/null
select is(
    pg_temp.posted(:family),
    'offline_payment: receivable -50000, cash 50000; '
    || 'registration: receivable 91643, revenue:tuition -79643, revenue:fee -12000; '
    || 'offline_payment: receivable -41643, cash 41643', 'a part confirms, the rest follows'
);
select is(
    (
        select array_agg(
            p.occurred_on - (tests.value('studio.local_date(now())') #>> '{}')::date order by p.id
        )
        from payment.ledger_postings as p where p.family_id = :family
    ), array[-9, 0, 0], 'money counts to the day on which the studio got it'
);
select pg_temp.last() as last \gset
select o.id as cash from payment.offline_payments as o
where o.family_id = :family and o.amount_minor = 50000 \gset
select pg_temp.as_owner(
    format(
        'api.refund_payment(offline_payment_id => %s, amount_minor => 1000,
        reason => ''a long enough reason'', preview => true)', :cash
    )
) \g /dev/null
select is(pg_temp.posted(:family, :last), null, 'a preview posts nothing');
select pg_temp.as_owner(
    format(
        'api.refund_payment(offline_payment_id => %s, amount_minor => 1000,
        reason => ''a long enough reason'')', :cash
    )
) \g /dev/null
select is(
    pg_temp.posted(:family, :last),
    'price_reduction: receivable -1000, refunds 1000; offline_refund: receivable 1000, cash -1000',
    'handed back: the price is lower, and the cash is gone'
);

-- A card, and a part of it, which waits, is done, or fails.
select tests.open_payment(:section) as payment \gset
select p.family_id as family, p.registration_id as registration
from payment.payments as p where p.id = :payment \gset
select tests.apply(:payment, tests.sale(:payment, 'paid', '{"state": "settled"}'));
select pg_temp.last() as last \gset
select pg_temp.as_owner(
    format(
        'api.refund_payment(payment_id => %s, amount_minor => 5000,
        reason => ''a long enough reason'')', :payment
    )
) \g /dev/null
select is(
    pg_temp.posted(:family, :last), 'price_reduction: receivable -5000, refunds 5000',
    'asked for, nobody owes it'
);
select r.id as refund, r.reference from payment.refunds as r where r.family_id = :family \gset
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back',
        jsonb_build_object(
            'type', 'refund', 'state', 'authorized', 'parentTransaction', 'paid',
            'customReference', :'reference',
            'total', '{"amount": "50.00", "currencyCode": "USD"}'::jsonb
        )
    )
);
select is(
    pg_temp.posted(:family, :last), 'refund: receivable 5000, cash_in_transit -5000',
    'done, the money is on its way back'
);
select is(
    tests.as_family(:family, '(select jsonb_agg(b.receivable_minor) from api.family_balances as b)'),
    '[0]', 'and all is even'
);
select pg_temp.last() as last \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'back',
        '{"type": "refund", "state": "rejected", "parentTransaction": "paid",
        "total": {"amount": "50.00", "currencyCode": "USD"}}'
    )
);
select is(
    pg_temp.posted(:family, :last),
    'reversal: receivable -5000, cash_in_transit 5000; '
    || 'price_restored: receivable 5000, refunds -5000',
    'rejected by the bank, it is as it was before'
);
-- One that was given up, and done after all; and then taken back.
select pg_temp.last() as last \gset
select pg_temp.as_owner(
    format(
        'api.refund_payment(payment_id => %s, amount_minor => 4000,
        reason => ''a long enough reason'')', :payment
    )
) \g /dev/null
select r.id as refund, r.reference from payment.refunds as r
where r.family_id = :family and r.status = 'pending' \gset
select tests.run(
    format('select payment.finish_refund(%s, ''failed'', p_failure_code => ''no_answer'')', :refund)
);
select is(
    pg_temp.posted(:family, :last),
    'price_reduction: receivable -4000, refunds 4000; '
    || 'price_restored: receivable 4000, refunds -4000',
    'given up, it is owed again'
);
select pg_temp.last() as last \gset
create function pg_temp.late(payment bigint, reference text, state text) returns text
language sql as $$
    select tests.apply(
        payment,
        tests.sale(
            payment, 'late',
            jsonb_build_object(
                'type', 'refund', 'state', state, 'parentTransaction', 'paid',
                'customReference', reference,
                'total', '{"amount": "40.00", "currencyCode": "USD"}'::jsonb
            )
        )
    )::text
$$;
select pg_temp.late(:payment, :'reference', 'captured') \g /dev/null
select is(
    pg_temp.posted(:family, :last),
    'refund: receivable 4000, cash_in_transit -4000; '
    || 'price_reduced_again: receivable -4000, refunds 4000',
    'done after all, nobody owes it'
);
select is(
    tests.as_family(:family, '(select jsonb_agg(b.receivable_minor) from api.family_balances as b)'),
    '[0]', 'and all is even'
);
select pg_temp.last() as last \gset
select pg_temp.late(:payment, :'reference', 'rejected') \g /dev/null
select is(
    pg_temp.posted(:family, :last),
    'reversal: receivable -4000, cash_in_transit 4000; '
    || 'price_restored_again: receivable 4000, refunds -4000',
    'taken back again, it is as it was before'
);

-- All of a registration that was paid with a credit, too.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select pg_temp.as_owner(format('api.grant_credit(%s, 5000, ''sorry'')', :family)) \g /dev/null
select tests.cart(:student, :section) as cart \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
select p.id as payment, p.amount_minor as paid from payment.payments as p
where p.registration_id = :registration \gset
select pg_temp.last() as last \gset
select pg_temp.as_owner(
    format(
        'api.refund_payment(registration_id => %s, reason => ''a long enough reason'')',
        :registration
    )
) \g /dev/null
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'voided',
        jsonb_build_object(
            'type', 'void', 'state', 'authorized', 'parentTransaction', 'trx-of-' || :payment
        )
    )
);
select is(tests.registration_status(:registration), 'refunded', 'all of it is given back');
select is(
    pg_temp.posted(:family, :last),
    format(
        'price_reduction: receivable -%1$s, refunds %1$s; '
        || 'reversal: receivable %1$s, cash_in_transit -%1$s; '
        || 'credit_return: credits -5000, refunds 5000', :paid
    ), 'the card''s money and the credit'
);
select is(
    tests.as_family(:family, '(select jsonb_agg(b) from api.family_balances as b)'),
    jsonb_build_array(
        jsonb_build_object(
            'family_id', :family, 'receivable_minor', 0, 'credits_minor', 5000,
            'unapplied_minor', 0
        )
    ), 'which can be spent again'
);

-- Nothing of it is missing; and if it were, it would be found.
select is(
    tests.value('(select jsonb_agg(f) from payment.unposted_facts(''-infinity'', 100) as f)'),
    null, 'every fact has posted itself'
);
create temporary table posted as
select p.source, p.source_id, p.amount_minor from payment.ledger_postings as p;
select tests.act_as_deploy();
set constraints all immediate;
set constraints all deferred;
select tests.act_as_operator();
set local session_replication_role = replica;
delete from payment.ledger_entries;
delete from payment.ledger_postings;
set local session_replication_role = origin;
select tests.value('payment.post_missing()') \g /dev/null
select set_eq(
    'select p.source, p.source_id, p.amount_minor from payment.ledger_postings as p',
    $$
        select p.source, p.source_id, p.amount_minor from posted as p
        -- Of what was taken back again nothing is left to see.
        where p.source !~ 'reversal|restored'
        and not exists (
            select from posted as x
            where
                x.source_id = p.source_id
                and case p.source
                    when 'price_reduction' then x.source = 'price_restored'
                    when 'price_reduced_again' then x.source = 'price_restored_again'
                    else
                        p.source in ('sale', 'refund', 'application', 'settlement')
                        and x.source = 'reversal'
                end
        )
    $$,
    'the job posts the same'
);
select is(
    tests.value('(select count(*) from payment.unposted_facts(''-infinity'', 9))'), '0', 'whole'
);
select * from finish();
rollback;
