create or replace function payment.apply_transaction(p_payment_id bigint, p_answer jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
    v_transaction payment.transactions;
    v_before payment.transactions;
    v_parent payment.transactions;
    v_refund_id bigint;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    select t.* into v_before
    from payment.transactions as t
    where
        t.studio_id = v_payment.studio_id
        and t.merchant_account_id = v_payment.merchant_account_id
        and t.gateway_id = p_answer ->> 'id';
    insert into payment.transactions as t (
        studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
        state_rank, is_authorized, amount_minor, currency, parent_gateway_id, failure_code,
        failure_reason, card_scheme, card_last4
    )
    values (
        v_payment.studio_id,
        v_payment.family_id,
        v_payment.id,
        v_payment.merchant_account_id,
        p_answer ->> 'id',
        p_answer ->> 'type',
        p_answer ->> 'state',
        payment.state_rank(p_answer ->> 'state'),
        coalesce((p_answer ->> 'isAuthorized')::boolean, false),
        payment.minor_amount(p_answer -> 'total'),
        p_answer -> 'total' ->> 'currencyCode',
        payment.href_id(p_answer ->> 'parentTransaction'),
        p_answer -> 'failures' -> 0 ->> 'code',
        p_answer -> 'failures' -> 1 ->> 'code',
        p_answer -> 'card' ->> 'scheme',
        p_answer -> 'card' ->> 'last4'
    )
    on conflict on constraint transactions_gateway_id_key do update
        set
            state = excluded.state,
            state_rank = excluded.state_rank,
            is_authorized = excluded.is_authorized,
            failure_code = excluded.failure_code,
            failure_reason = excluded.failure_reason,
            updated_at = now()
        -- Answers may come late and out of order: an older state never replaces a newer one.
        where t.state_rank < excluded.state_rank;
    select t.* into strict v_transaction
    from payment.transactions as t
    where
        t.studio_id = v_payment.studio_id
        and t.merchant_account_id = v_payment.merchant_account_id
        and t.gateway_id = p_answer ->> 'id';

    if v_transaction.payment_id <> v_payment.id then
        return;
    end if;
    if v_transaction.type = 'void' and v_transaction.is_authorized then
        update payment.transactions as t
        set state = 'voided', state_rank = payment.state_rank('voided'), updated_at = now()
        where
            t.studio_id = v_payment.studio_id
            and t.merchant_account_id = v_payment.merchant_account_id
            and t.gateway_id = v_transaction.parent_gateway_id
            and t.state_rank < payment.state_rank('voided')
        returning t.* into v_parent;
        if v_parent.type = 'refund' then
            -- What was to be given back stays.
            perform payment.take_return(v_parent);
        end if;
    end if;
    if v_transaction.type <> 'sale' then
        perform payment.take_return(v_transaction, p_answer ->> 'customReference');
    else
        -- Settled, or gone: what waited for that goes on.
        for v_refund_id in
            select r.id
            from payment.refunds as r
            where
                r.studio_id = v_transaction.studio_id
                and r.family_id = v_transaction.family_id
                and r.transaction_id = v_transaction.id
                and r.status = 'pending'
            order by r.id
        loop
            perform payment.send_refund(v_refund_id);
        end loop;
        if
            -- Of one that was held for review, or lost before, there was nothing to give back.
            payment.is_live(v_before)
            and v_transaction.state = 'voided'
            and v_transaction.amount_minor > (
                select t.refunded_minor
                from payment.transactions as t
                where t.studio_id = v_transaction.studio_id and t.id = v_transaction.id
            )
        then
            perform payment.adopt_return(
                v_transaction, 'void', v_transaction.amount_minor, null
            );
        end if;
    end if;
    perform payment.settle_payment(v_payment.id);
end;
$$;
alter function payment.apply_transaction(bigint, jsonb) owner to payment;
comment on function payment.apply_transaction(bigint, jsonb) is
$$Take over what the gateway says of a transaction, and let its payment become what that makes it.

An older state never replaces a newer one; a repeat changes nothing.$$;
