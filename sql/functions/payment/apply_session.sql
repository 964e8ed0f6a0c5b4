create or replace function payment.apply_session(
    p_payment_id bigint, p_event_id bigint, p_answer jsonb
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
    v_gateway_id text;
    v_queued integer := 0;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id;
    -- A result may stand in either place; each transaction is judged by its own state.
    for v_gateway_id in
        select distinct payment.href_id(r.href)
        from (
            select p_answer ->> 'transaction' as href
            union all
            select h.value
            from jsonb_array_elements_text(
                case jsonb_typeof(p_answer -> 'previousTransactions')
                    when 'array' then p_answer -> 'previousTransactions'
                    else '[]'
                end
            ) as h (value)
        ) as r
        where payment.href_id(r.href) is not null
    loop
        if not exists (
            select
            from payment.transactions as t
            where
                t.studio_id = v_payment.studio_id
                and t.merchant_account_id = v_payment.merchant_account_id
                and t.gateway_id = v_gateway_id
                and t.state_rank >= payment.state_rank('authorized')
        ) then
            perform payment.queue_call(
                v_payment.merchant_account_id,
                'fetch_transaction',
                '/transactions/' || v_gateway_id,
                null,
                v_payment.id,
                p_event_id
            );
            v_queued := v_queued + 1;
        end if;
    end loop;
    if v_payment.flow = 'tokenise_first' and v_payment.hosted_card_ref is null then
        update payment.payments as p
        set hosted_card_ref = payment.href_id(p_answer ->> 'hostedCard')
        where
            p.studio_id = v_payment.studio_id
            and p.id = v_payment.id
            and p.status = 'open'
            and p_answer ->> 'hostedCard' is not null;
    end if;
    perform payment.advance_card(v_payment.id);
    perform payment.ask_charge(v_payment.id);
    return v_queued;
end;
$$;
alter function payment.apply_session(bigint, bigint, jsonb) owner to payment;
comment on function payment.apply_session(bigint, bigint, jsonb) is
$$Queue the fetch of every transaction of a payment session that isn't known yet.

Answers how many. A card that the page has collected is stored and charged.$$;
