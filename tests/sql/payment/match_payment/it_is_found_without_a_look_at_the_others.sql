-- Every answer of the gateway asks whose it is, and a studio has many payments after some years.
begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Many payments', p_capacity => null) as section \gset
select tests.open_payment(:section) as payment \gset
-- As if it had been tried again and again, and each try had been declined.
select tests.run(
    format(
        'insert into payment.payments (
            studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
            amount_minor, currency, status, return_url, cancel_url, session_ends_at, order_ref,
            session_ref, session_url
        )
        select
            p.studio_id, p.family_id, p.registration_id, p.merchant_account_id, p.shopper_id,
            ''pay-many-'' || n.number, p.amount_minor, p.currency, ''expired'', p.return_url,
            p.cancel_url, p.session_ends_at, ''ordmany'' || n.number, ''pssmany'' || n.number,
            ''https://x.example''
        from payment.payments as p cross join generate_series(1, 5000) as n (number)
        where p.id = %s',
        :payment
    )
);
select tests.run(
    'insert into payment.transactions (
        studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
        state_rank, is_authorized, amount_minor, currency
    )
    select
        p.studio_id, p.family_id, p.id, p.merchant_account_id, ''trx'' || p.session_ref, ''sale'',
        ''declined'', payment.state_rank(''declined''), false, p.amount_minor, p.currency
    from payment.payments as p
    where p.reference like ''pay-many-%'''
);
analyze payment.payments, payment.transactions;
set local plan_cache_mode = force_generic_plan;
select p.id as other from payment.payments as p where p.reference = 'pay-many-2500' \gset
select m.id as account from payment.merchant_accounts as m where m.code = 'aydt' \gset
-- Rows of either table that this transaction has looked at.
create function pg_temp.looked_at() returns bigint language sql as $$
    select sum(s.seq_tup_read + s.idx_tup_fetch)::bigint
    from pg_stat_xact_all_tables as s
    where s.schemaname = 'payment' and s.relname in ('payments', 'transactions')
$$;
create function pg_temp.found(purpose text, answer jsonb, wanted bigint, account bigint)
returns text language plpgsql as $$
declare
    v_before constant bigint := pg_temp.looked_at();
    v_found_id constant jsonb := tests.value(
        format('payment.match_payment(%s, %L, %L)', account, purpose, answer)
    );
    v_looked_at constant bigint := pg_temp.looked_at() - v_before;
begin
    return concat_ws(
        ', ',
        case
            when nullif(v_found_id, 'null') is not distinct from to_jsonb(wanted) then 'right'
            else 'wrong'
        end,
        case when v_looked_at between 0 and 10 then 'quick' else 'slow ' || v_looked_at end
    );
end;
$$;
select is(
    pg_temp.found('fetch_transaction', '{"orderReference": "pay-many-2500"}', :other, :account),
    'right, quick', 'by the reference of its order'
);
select is(
    pg_temp.found('fetch_transaction', '{"customReference": "pay-many-2500"}', :other, :account),
    'right, quick', 'by its own reference'
);
select is(
    pg_temp.found(
        'fetch_transaction', '{"paymentSession": "https://gateway.example/s/pssmany2500"}', :other,
        :account
    ),
    'right, quick', 'by its session'
);
select is(
    pg_temp.found('fetch_transaction', '{"id": "trxpssmany2500"}', :other, :account),
    'right, quick', 'by a transaction that is known already'
);
select is(
    pg_temp.found(
        'fetch_transaction',
        '{"id": "new", "parentTransaction": "https://gateway.example/t/trxpssmany2500"}', :other,
        :account
    ),
    'right, quick', 'by its parent'
);
select is(
    pg_temp.found('fetch_session', '{"id": "pssmany2500"}', :other, :account), 'right, quick', 'a session'
);
select is(
    pg_temp.found(
        'fetch_session', '{"id": "trxpssmany2500", "orderReference": "pay-many-2500"}', null,
        :account
    ),
    'right, quick', 'of which no transaction and no order says whose it is'
);
select is(
    pg_temp.found('fetch_transaction', '{"id": "nobody''s", "customReference": "else"}', null, :account),
    'right, quick', 'and nobody''s'
);
select * from finish();
rollback;
