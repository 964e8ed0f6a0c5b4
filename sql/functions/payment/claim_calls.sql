create or replace function payment.claim_calls(
    p_limit integer,
    p_studio_id integer default null,
    p_payment_id bigint default null,
    p_event_id bigint default null
)
returns table (
    studio_id integer,
    call_id bigint,
    lease_token uuid,
    merchant_code text,
    alias text,
    host text,
    method text,
    path text,
    body jsonb
)
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_call payment.gateway_calls;
    v_left integer := p_limit;
begin
    for v_studio_id in
        select s.id
        from studio.active_studio_ids() as s (id)
        where s.id = coalesce(p_studio_id, s.id)
        -- In no order: a studio whose gateway is slow must not come first each time.
        order by random()
    loop
        exit when v_left = 0;
        perform auth.enter_studio(v_studio_id);
        perform payment.recover_calls();
        for v_call in
            -- Materialized: a plan that runs it once for each row would claim more than the limit.
            with due as materialized (
                select d.id
                from payment.gateway_calls as d
                where
                    d.studio_id = v_studio_id
                    and d.status = 'queued'
                    and (
                        d.next_attempt_at <= clock_timestamp()
                        -- Whoever caused a call need not wait for the courier's turn.
                        or (d.attempts = 0 and d.payment_id = p_payment_id)
                        or (d.attempts = 0 and d.event_id = p_event_id)
                    )
                    and (
                        p_payment_id is null and p_event_id is null
                        or d.payment_id = p_payment_id
                        or d.event_id = p_event_id
                    )
                order by d.next_attempt_at
                limit v_left
                for no key update skip locked
            )

            update payment.gateway_calls as c
            set
                status = 'claimed',
                attempts = c.attempts + 1,
                lease_token = gen_random_uuid(),
                leased_until
                = clock_timestamp()
                + make_interval(secs => (studio.settings_of()).call_lease_seconds)
            from due as d
            where c.studio_id = v_studio_id and c.id = d.id
            returning c.*
        loop
            v_left := v_left - 1;
            return query
            select
                v_call.studio_id, v_call.id, v_call.lease_token, m.code, m.alias, m.host,
                v_call.method, v_call.path, payment.call_body(v_call)
            from payment.merchant_accounts as m
            where m.id = v_call.merchant_account_id;
        end loop;
    end loop;
end;
$$;
alter function payment.claim_calls(integer, integer, bigint, bigint) owner to payment;
grant execute on function payment.claim_calls(integer, integer, bigint, bigint) to thin_api;
comment on function payment.claim_calls(integer, integer, bigint, bigint) is
$$Take requests to the gateway for a while (a lease).

Those that are due, or those of one payment or notice.
For login thin_api, which commits before it sends and then calls payment.store_answer() or
payment.store_failure() with the lease token.$$;
