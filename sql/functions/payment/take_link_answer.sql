create or replace function payment.take_link_answer(
    p_call payment.gateway_calls, p_status integer, p_answer jsonb
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_found record;
    v_is_ours boolean := false;
begin
    for v_found in
        select t.item ->> 'id' as gateway_id, m.payment_id
        from jsonb_array_elements(
            case p_status when 200 then p_answer -> 'items' else '[]' end
        ) as t (item)
        cross join lateral payment.match_payment(
            p_call.merchant_account_id, 'fetch_transaction', t.item
        ) as m (payment_id)
        where m.payment_id is not null
        order by t.item ->> 'id'
    loop
        -- Each is fetched by itself: the lock of its registration comes before all else.
        perform payment.queue_call(
            p_call.merchant_account_id,
            'fetch_transaction',
            '/transactions/' || v_found.gateway_id,
            null,
            v_found.payment_id,
            p_call.event_id
        );
        v_is_ours := true;
    end loop;
    if not v_is_ours then
        -- We make no links. Money that came by one made elsewhere has notices of its own, as a
        -- transaction, which staff see.
        perform payment.settle_event(p_call.event_id, 'ignored');
    end if;
end;
$$;
alter function payment.take_link_answer(payment.gateway_calls, integer, jsonb) owner to payment;
comment on function payment.take_link_answer(payment.gateway_calls, integer, jsonb) is
$$Take over which transactions a payment link has, and fetch those that are of payments of ours.

The notice that asked is settled by the last of them; without any it is ignored.$$;
