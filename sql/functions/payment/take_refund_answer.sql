create or replace function payment.take_refund_answer(
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
    v_refund payment.refunds;
    v_sale payment.transactions;
    v_answer jsonb;
    v_code text;
begin
    if p_status in (200, 201) then
        -- What was made, or all that is there: each is judged by its own state.
        for v_answer in
            select i.item
            from jsonb_array_elements(
                case p_call.purpose
                    when 'find_returns' then p_answer -> 'items'
                    else jsonb_build_array(p_answer)
                end
            ) as i (item)
        loop
            perform payment.apply_transaction(p_call.payment_id, v_answer);
        end loop;
    end if;
    select r.* into v_refund
    from payment.refunds as r
    where r.studio_id = p_call.studio_id and r.id = p_call.refund_id;
    if v_refund.status is distinct from 'pending' then
        return;
    end if;
    select t.* into strict v_sale
    from payment.transactions as t
    where t.studio_id = v_refund.studio_id and t.id = v_refund.transaction_id;
    -- Of what was last sent: the question about it has no failures of its own.
    select payment.refusal_code(c.failures, c.answer_status) into v_code
    from payment.gateway_calls as c
    where
        c.studio_id = p_call.studio_id
        and c.refund_id = p_call.refund_id
        and c.purpose in ('void_transaction', 'refund_transaction')
    order by c.id desc
    limit 1;
    case
        when p_status in (200, 201) and p_call.purpose <> 'find_returns'
            then
                -- Neither yes nor no: whoever looks for it later finds out.
                return;
        when p_call.purpose = 'find_returns'
            then
                if p_status <> 200 then
                    return;
                elsif v_code in ('voidAlreadyProcessed', 'refundAlreadyProcessed',
                    'refundAmountOverflow')
                then
                    -- It was refused, and what was there before is not this one.
                    perform payment.finish_refund(
                        v_refund.id, 'failed', p_failure_code => v_code
                    );
                else
                    perform payment.send_refund(v_refund.id);
                end if;
        when v_code = 'voidParentAlreadySettled' and v_refund.kind = 'void'
            then
                update payment.refunds as r
                set kind = 'refund'
                where r.studio_id = v_refund.studio_id and r.id = v_refund.id;
                perform payment.send_refund(v_refund.id);
        when
        v_code = 'parentNotRefundable'
        and v_refund.kind = 'refund'
        and v_sale.state <> 'settled'
            then
                -- It is being settled: not voidable any more, and not refundable yet.
                update payment.refunds as r
                set waits_for_settlement = true
                where r.studio_id = v_refund.studio_id and r.id = v_refund.id;
        when v_code in ('voidAlreadyProcessed', 'refundAlreadyProcessed', 'refundAmountOverflow')
            then
                -- Perhaps by a call of ours of which we never heard.
                perform payment.find_returns(v_refund.id);
        else
            perform payment.finish_refund(v_refund.id, 'failed', p_failure_code => v_code);
    end case;
end;
$$;
alter function payment.take_refund_answer(payment.gateway_calls, integer, jsonb) owner to payment;
comment on function payment.take_refund_answer(payment.gateway_calls, integer, jsonb) is
$$Take over the gateway's answer to a void, a refund, or the question what was given back.

A sale that was settled meanwhile is refunded instead of voided, one that is just being settled is
waited for; what the gateway refuses fails by its code, for staff to see.$$;
