create or replace function payment.match_payment(
    p_merchant_account_id bigint, p_purpose text, p_answer jsonb
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_session constant boolean := p_purpose = 'fetch_session';
    -- A session has it, too, that was made once more after a lost answer: nobody was told of the
    -- first one.
    v_references constant text [] := array[
        p_answer ->> 'customReference',
        case when not v_is_session then p_answer ->> 'orderReference' end
    ];
    v_session_ref constant text := case
        when v_is_session then p_answer ->> 'id'
        else payment.href_id(p_answer ->> 'paymentSession')
    end;
    v_gateway_ids constant text [] := case
        when not v_is_session
            then array[p_answer ->> 'id', payment.href_id(p_answer ->> 'parentTransaction')]
    end;
begin
    -- The reference may sit on the transaction, its session, its parent or one we know already:
    -- each is looked up by itself, so that each has its index.
    return (
        select min(f.payment_id)
        from (
            select p.id as payment_id
            from payment.payments as p
            where
                p.studio_id = v_studio_id
                and p.merchant_account_id = p_merchant_account_id
                and p.reference = any(v_references)
            union all
            select p.id
            from payment.payments as p
            where
                p.studio_id = v_studio_id
                and p.merchant_account_id = p_merchant_account_id
                and p.session_ref = v_session_ref
            union all
            select t.payment_id
            from payment.transactions as t
            where
                t.studio_id = v_studio_id
                and t.merchant_account_id = p_merchant_account_id
                and t.gateway_id = any(v_gateway_ids)
        ) as f
    );
end;
$$;
alter function payment.match_payment(bigint, text, jsonb) owner to payment;
comment on function payment.match_payment(bigint, text, jsonb) is
$$The payment of ours that a transaction or session of the gateway is about; null: none.$$;
