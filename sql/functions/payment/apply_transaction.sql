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
    v_good boolean;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    insert into payment.transactions as t (
        studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
        state_rank, is_authorized, amount_minor, currency, parent_gateway_id, failure_code,
        card_scheme, card_last4
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
        p_answer -> 'card' ->> 'scheme',
        p_answer -> 'card' ->> 'last4'
    )
    on conflict on constraint transactions_gateway_id_key do update
        set
            state = excluded.state,
            state_rank = excluded.state_rank,
            is_authorized = excluded.is_authorized,
            failure_code = excluded.failure_code,
            updated_at = now()
        -- Answers may come late and out of order: an older state never replaces a newer one.
        where t.state_rank < excluded.state_rank;
    select t.* into strict v_transaction
    from payment.transactions as t
    where
        t.studio_id = v_payment.studio_id
        and t.merchant_account_id = v_payment.merchant_account_id
        and t.gateway_id = p_answer ->> 'id';

    if v_transaction.type = 'void' then
        if v_transaction.is_authorized and v_payment.status = 'authorized' then
            update payment.payments as p
            set status = 'voided'
            where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
        end if;
        return;
    elsif
        v_transaction.type <> 'sale'
        or not v_transaction.is_authorized
        or v_transaction.state not in ('authorized', 'captured', 'settled', 'settlementDelayed')
    then
        -- A decline is final for the transaction, not for the payment: the next card may do.
        return;
    end if;
    v_good := v_transaction.amount_minor = v_payment.amount_minor
    and v_transaction.currency = v_payment.currency;
    if v_good and v_payment.status in ('open', 'expired', 'failed') then
        update payment.payments as p
        set status = 'authorized'
        where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
        perform ops.emit(
            'payment.authorized',
            v_payment.id,
            v_payment.family_id,
            jsonb_build_object(
                'registration_id', v_payment.registration_id,
                'transaction_id', v_transaction.id,
                'amount_minor', v_transaction.amount_minor
            )
        );
    elsif
        not v_good
        or exists (
            select
            from payment.transactions as o
            where
                o.studio_id = v_payment.studio_id
                and o.family_id = v_payment.family_id
                and o.payment_id = v_payment.id
                and o.type = 'sale'
                and o.is_authorized
                and o.amount_minor = v_payment.amount_minor
                and o.id < v_transaction.id
        )
    then
        -- Another amount than asked for, or paid a second time: it goes back.
        perform payment.queue_void(v_transaction.id);
    end if;
end;
$$;
alter function payment.apply_transaction(bigint, jsonb) owner to payment;
comment on function payment.apply_transaction(bigint, jsonb) is
$$Take over what the gateway says of a transaction, and let the payment become what that makes it.

Authorized over exactly the amount asked for: the payment is authorized and the others are told in
the same transaction. Authorized otherwise, or once more: it is voided. A repeat changes nothing.$$;
