begin;
set local search_path = tap, public;
select plan(10);
-- Whoever locks may have to wait, and finds another state then than the one it chose by. Here a
-- trigger is the one who was before: at the first of two that are looked at, it ends the second.
select tests.section('Meanwhile', p_capacity => null) as section \gset
create function pg_temp.at_a_page(section bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.run(
        format(
            'update payment.payments set session_ref = %L, session_url = ''https://pay.example/'',
            created_at = now() - interval ''1 hour'', session_ends_at = now()
            where id = %s',
            'pss' || v_payment_id, v_payment_id
        )
    );
    return v_payment_id;
end;
$$;
create function tests.meanwhile() returns trigger language plpgsql security definer as $$
begin
    execute current_setting('tests.meanwhile');
    return null;
end;
$$;
create function pg_temp.first_ends_second(act text, second bigint) returns void language sql as $$
    select set_config('tests.meanwhile', format(act, second), true)
$$;

-- Sessions that are over.
select pg_temp.at_a_page(:section) as one, pg_temp.at_a_page(:section) as two \gset
select pg_temp.first_ends_second(
    'update payment.payments set status = ''failed'' where id = %s', :two
);
create trigger meanwhile after update of final_answer_due_at on payment.payments
for each row execute function tests.meanwhile();
select is(tests.value('payment.ask_ended_sessions()'), '1', 'one of two is asked about');
select is(tests.calls(:one), 'fetch_session queued', 'the first');
select is(tests.calls(:two), null, 'the second has ended meanwhile');
select is(
    (select p.final_answer_due_at from payment.payments as p where p.id = :two), null,
    'and nothing of it is changed'
);
drop trigger meanwhile on payment.payments;

-- Payments without news.
select pg_temp.at_a_page(:section) as one, pg_temp.at_a_page(:section) as two \gset
select tests.forget_calls(p.id) from payment.payments as p;
select tests.run(
    format('update payment.payments set status = ''failed'' where id not in (%s, %s)
    and status = ''open''', :one, :two)
);
select pg_temp.first_ends_second(
    'update payment.payments set status = ''failed'' where id = %s', :two
);
create trigger meanwhile after insert on payment.gateway_calls
for each row execute function tests.meanwhile();
select is(tests.value('payment.ask_quiet_payments()'), '1', 'one of two is asked about');
select is(tests.calls(:one), 'fetch_session queued', 'the first');
select is(tests.calls(:two), null, 'the second has ended meanwhile');
drop trigger meanwhile on payment.gateway_calls;

-- Refunds of which nothing was heard.
create function pg_temp.silent_refund(section bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.open_payment(section);
begin
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'trx' || v_payment_id));
    perform tests.as_staff(
        tests.worker(),
        format('api.refund_payment(payment_id => %s, reason => ''moved to another town'')', v_payment_id)
    );
    perform tests.forget_calls(v_payment_id);
    return v_payment_id;
end;
$$;
select pg_temp.silent_refund(:section) as one, pg_temp.silent_refund(:section) as two \gset
select pg_temp.first_ends_second(
    'update payment.refunds set status = ''failed'', failure_code = ''meanwhile'',
    settled_at = now() where registration_id = %s', tests.registration_of(:two)
);
create trigger meanwhile after insert on payment.gateway_calls
for each row execute function tests.meanwhile();
select is(tests.value('payment.retry_refunds()'), '1', 'one of two is asked about');
select is(tests.calls(:one), 'find_returns queued', 'the first');
select is(tests.calls(:two), null, 'the second has ended meanwhile');
select * from finish();
rollback;
