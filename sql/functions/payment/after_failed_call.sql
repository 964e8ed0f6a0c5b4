create or replace function payment.after_failed_call(p_call payment.gateway_calls)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_failures bigint;
begin
    select count(*) into v_failures
    from payment.gateway_calls as c
    where
        c.studio_id = p_call.studio_id
        and c.payment_id = p_call.payment_id
        and c.purpose = p_call.purpose
        and c.status = 'failed';
    case
        -- An order or session that nobody was told of does no harm, so those were made again until
        -- now; whether there is a shopper is asked.
        when p_call.purpose = 'create_shopper'
        and v_failures < (studio.settings_of()).call_attempts
            then perform payment.advance_session(p_call.payment_id);
        when p_call.purpose in ('find_shopper', 'create_shopper', 'create_order', 'create_session')
            then
                update payment.payments as p
                set status = 'failed'
                where
                    p.studio_id = p_call.studio_id
                    and p.id = p_call.payment_id
                    and p.status = 'open';
        when p_call.purpose in ('void_transaction', 'refund_transaction')
            then perform payment.find_returns(p_call.refund_id);
        when p_call.purpose = 'create_stored_card'
            then
                perform payment.queue_call(
                    p_call.merchant_account_id,
                    'find_stored_card',
                    payment.stored_cards_path(p),
                    null,
                    p.id
                )
                from payment.payments as p
                where p.studio_id = p_call.studio_id and p.id = p_call.payment_id;
        when p_call.purpose = 'charge_stored_card'
            then perform payment.ask_charge(p_call.payment_id);
        else
            -- A question: it is asked again by whoever needs the answer.
            return;
    end case;
end;
$$;
alter function payment.after_failed_call(payment.gateway_calls) owner to payment;
comment on function payment.after_failed_call(payment.gateway_calls) is
$$Decide how it goes on after a call that is not made again as it was.

By a question, or not at all.$$;
