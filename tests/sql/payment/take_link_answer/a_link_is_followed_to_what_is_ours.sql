begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Linked', p_capacity => null) as section \gset
select tests.open_payment(:section) as payment \gset
select tests.forget_calls(:payment);
create function pg_temp.state(event bigint) returns text language sql as $$
    select e.status from payment.gateway_events as e where e.id = event
$$;
create function pg_temp.link_notice(id text) returns bigint language sql as $$
    select (
        tests.notice(
            'https://gateway.example/payment-links/' || id, 'ntf-' || id,
            '{"resourceType": "paymentLink"}'
        ) -> 'event_id'
    )::bigint
$$;
create function pg_temp.exchange(event bigint, status integer, answer jsonb) returns text
language plpgsql as $$
declare
    v_call jsonb;
begin
    select c.* into strict v_call from tests.claim_of_notice(event) as c;
    perform tests.answer(v_call, status, answer);
    return v_call ->> 'path';
end;
$$;
select pg_temp.link_notice('pl1') as event \gset
select is(pg_temp.state(:event), 'received', 'a link is looked into');
select p.reference, p.amount_minor from payment.payments as p where p.id = :payment \gset
select is(
    pg_temp.exchange(
        :event, 200,
        format(
            '{"items": [{"id": "other1", "orderReference": "costume"},
            {"id": "ours1", "orderReference": "%s"}]}', :'reference'
        )::jsonb
    ),
    '/transactions?limit=200&filter=paymentLink_eq_pl1', 'by its transactions'
);
select is(pg_temp.state(:event), 'received', 'and is done with when they are');
select is(
    pg_temp.exchange(
        :event, 200,
        jsonb_build_object(
            'id', 'ours1', 'type', 'sale', 'state', 'captured', 'isAuthorized', true,
            'orderReference', :'reference',
            'total', payment.gateway_amount(:amount_minor, 'USD')
        )
    ),
    '/transactions/ours1', 'those of ours are fetched'
);
select is(pg_temp.state(:event), 'applied', 'then it is');
select is(tests.payment_status(:payment), 'authorized', 'so is what was paid');
select pg_temp.link_notice('pl2') as event \gset
select pg_temp.exchange(
    :event, 200, '{"items": [{"id": "other2", "orderReference": "costume"}]}'
) as path \gset
select is(pg_temp.state(:event), 'ignored', 'a link made elsewhere means nothing here');
select pg_temp.link_notice('pl3') as event \gset
select pg_temp.exchange(:event, 404, '{"failures": [{"code": "notFound"}]}') as path \gset
select is(pg_temp.state(:event), 'ignored', 'nor does one that is not there');
select * from finish();
rollback;
