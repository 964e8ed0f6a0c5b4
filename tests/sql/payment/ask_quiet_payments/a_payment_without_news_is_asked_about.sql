begin;
set local search_path = tap, public;
select plan(14);
select tests.section('Quiet', p_capacity => null) as section \gset
create function pg_temp.ask() returns text language sql as $$
    select tests.value('payment.ask_quiet_payments()') #>> '{}'
$$;
-- Let everything about a payment have happened so long ago.
create function pg_temp.age(p_payment_id bigint, age interval) returns void language plpgsql as $$
begin
    update payment.payments as p set created_at = now() - age where p.id = p_payment_id;
    update payment.gateway_calls as c
    set
        created_at = now() - age,
        answered_at = case when c.answered_at is not null then now() - age end
    where c.payment_id = p_payment_id;
end;
$$;
create function pg_temp.at_a_page(section bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.run(
        format(
            'update payment.payments set session_ref = %L, session_url = ''https://pay.example/''
            where id = %s',
            'pss' || v_payment_id, v_payment_id
        )
    );
    return v_payment_id;
end;
$$;
select pg_temp.at_a_page(:section) as payment \gset
select is(pg_temp.ask(), '0', 'a new payment is left alone');
select pg_temp.age(:payment, '4 min 59 s');
select is(pg_temp.ask(), '0', 'and so is one that had news lately');
select pg_temp.age(:payment, '5 min 1 s');
select is(pg_temp.ask(), '1', 'after five minutes without any the gateway is asked');
select is(tests.calls(:payment), 'fetch_session queued', 'about its session');
select is(pg_temp.ask(), '0', 'once');
select pg_temp.age(:payment, '1 hour');
select is(pg_temp.ask(), '0', 'while the question is under way');
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'id', 'pss' || :payment, 'transaction', null, 'previousTransactions', jsonb_build_array()
    )
) as sent \gset
select is(tests.payment_status(:payment), 'open', 'nobody has paid yet');
select is(pg_temp.ask(), '0', 'the answer is news');
select pg_temp.age(:payment, '6 min');
select is(pg_temp.ask(), '1', 'until it is old');
select tests.forget_calls(:payment);

-- The making of its page came to nothing in the middle, and nobody goes on with it.
select tests.open_payment(:section) as payment \gset
select pg_temp.age(:payment, '6 min');
select is(pg_temp.ask(), '2', 'a payment without a page is gone on with');
select is(tests.calls(:payment), 'find_shopper queued', 'from where it was');

-- What is not open has its end.
select tests.run(format('update payment.payments set status = ''failed'' where id = %s', :payment));
select tests.forget_calls(p.id) from payment.payments as p;
select tests.run('update payment.payments set status = ''expired'' where status = ''open''');
select is(pg_temp.ask(), '0', 'one that has ended is not asked about');

-- How long is a setting.
select pg_temp.at_a_page(:section) as payment \gset
update studio.settings as s set news_due_minutes = 20 where s.studio_id = 1 and s.term_id is null;
select pg_temp.age(:payment, '19 min');
select is(pg_temp.ask(), '0', 'the studio may be more patient');
select pg_temp.age(:payment, '21 min');
select is(pg_temp.ask(), '1', 'but not for ever');
select * from finish();
rollback;
