create or replace function payment.send_refund(p_refund_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_refund payment.refunds;
    v_sale payment.transactions;
    v_sent bigint;
begin
    select r.* into strict v_refund
    from payment.refunds as r
    where r.studio_id = auth.studio_id() and r.id = p_refund_id
    for no key update;
    if v_refund.status <> 'pending' then
        return false;
    end if;
    select t.* into strict v_sale
    from payment.transactions as t
    where t.studio_id = v_refund.studio_id and t.id = v_refund.transaction_id;
    if v_sale.state = 'voided' and v_refund.kind = 'void' then
        perform payment.finish_refund(v_refund.id, 'done');
        return true;
    elsif v_sale.state_rank >= payment.state_rank('declined') then
        -- Nothing of it is with us any more.
        perform payment.finish_refund(v_refund.id, 'failed', p_failure_code => v_sale.state);
        return true;
    elsif
        (v_refund.waits_for_settlement and v_sale.state <> 'settled')
        or exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_refund.studio_id
                and c.refund_id = v_refund.id
                and c.status in ('queued', 'claimed')
        )
        -- The gateway has one that it has not decided on yet; asked again, it would have two.
        or exists (
            select
            from payment.transactions as t
            where
                t.studio_id = v_sale.studio_id
                and t.family_id = v_sale.family_id
                and t.payment_id = v_sale.payment_id
                and t.parent_gateway_id = v_sale.gateway_id
                and t.state_rank < payment.state_rank('authorized')
        )
    then
        return false;
    end if;
    select count(*) into v_sent
    from payment.gateway_calls as c
    where
        c.studio_id = v_refund.studio_id
        and c.refund_id = v_refund.id
        and c.purpose in ('void_transaction', 'refund_transaction')
        and c.status = 'failed';
    if v_sent >= (studio.settings_of()).call_attempts then
        perform payment.finish_refund(v_refund.id, 'failed', p_failure_code => 'no_answer');
        return true;
    end if;
    perform payment.queue_call(
        v_sale.merchant_account_id,
        v_refund.kind || '_transaction',
        '/transactions',
        jsonb_build_object(
            'type', v_refund.kind,
            'parentTransaction', v_sale.gateway_id,
            'customReference', v_refund.reference
        )
        || case
            when v_refund.kind = 'refund'
                then jsonb_build_object(
                    'total', payment.gateway_amount(v_refund.amount_minor, v_refund.currency)
                )
            else '{}'
        end,
        v_sale.payment_id,
        p_refund_id => v_refund.id
    );
    return true;
end;
$$;
alter function payment.send_refund(bigint) owner to payment;
comment on function payment.send_refund(bigint) is
$$Take a pending refund its next step, unless a call about it is under way; true: there was one.

A void, or a refund once the sale is settled; what has no answer after as many tries as any call
fails, for staff to see.$$;
