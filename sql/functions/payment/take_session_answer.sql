create or replace function payment.take_session_answer(
    p_call payment.gateway_calls, p_status integer, p_answer jsonb
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_status not in (200, 201) then
        update payment.payments as p
        set status = 'failed'
        where
            p.studio_id = p_call.studio_id and p.id = p_call.payment_id and p.status = 'open';
        if p_call.purpose = 'create_session' then
            -- The gateway may have forgotten the shopper: the next payment looks for it anew.
            update payment.shoppers as s
            set gateway_id = null
            from payment.payments as p
            where
                p.studio_id = p_call.studio_id
                and p.id = p_call.payment_id
                and s.studio_id = p.studio_id
                and s.id = p.shopper_id;
        end if;
        return;
    elsif p_call.purpose = 'find_shopper' and p_answer -> 'items' -> 0 is null then
        perform payment.advance_session(p_call.payment_id, p_shopper_is_new => true);
        return;
    elsif p_call.purpose in ('find_shopper', 'create_shopper') then
        update payment.shoppers as s
        set gateway_id = coalesce(p_answer -> 'items' -> 0 ->> 'id', p_answer ->> 'id')
        from payment.payments as p
        where
            p.studio_id = p_call.studio_id
            and p.id = p_call.payment_id
            and s.studio_id = p.studio_id
            and s.id = p.shopper_id
            and s.gateway_id is null;
    elsif p_call.purpose = 'create_order' then
        update payment.payments as p
        set order_ref = p_answer ->> 'id'
        where
            p.studio_id = p_call.studio_id
            and p.id = p_call.payment_id
            and p.order_ref is null;
    else
        update payment.payments as p
        set session_ref = p_answer ->> 'id', session_url = p_answer ->> 'url'
        where
            p.studio_id = p_call.studio_id
            and p.id = p_call.payment_id
            and p.session_ref is null;
    end if;
    perform payment.advance_session(p_call.payment_id);
end;
$$;
alter function payment.take_session_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_session_answer(payment.gateway_calls, integer, jsonb) is
$$Take over an answer on the way to a hosted page (shopper, order, session), and go on from there.

A refusal ends the payment.$$;
