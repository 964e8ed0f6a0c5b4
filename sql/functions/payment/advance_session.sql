create or replace function payment.advance_session(
    p_payment_id bigint, p_shopper_is_new boolean default false
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
    v_shopper payment.shoppers;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id;
    if
        v_payment.status <> 'open'
        or v_payment.session_ref is not null
        or v_payment.session_ends_at <= now()
    then
        return;
    end if;
    select s.* into strict v_shopper
    from payment.shoppers as s
    where s.studio_id = v_payment.studio_id and s.id = v_payment.shopper_id;
    -- The order is strict: shopper, order, session. One call at a time is under way.
    if exists (
        select
        from payment.gateway_calls as c
        where
            c.studio_id = v_payment.studio_id
            and c.payment_id = v_payment.id
            and c.status in ('queued', 'claimed')
    ) then
        return;
    elsif v_shopper.gateway_id is null and not p_shopper_is_new then
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'find_shopper',
            '/shoppers?limit=1&filter=customReference_eq_' || v_shopper.reference,
            null,
            v_payment.id
        );
    elsif v_shopper.gateway_id is null then
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'create_shopper',
            '/shoppers',
            jsonb_build_object('customReference', v_shopper.reference),
            v_payment.id
        );
    elsif v_payment.order_ref is null then
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'create_order',
            '/orders',
            jsonb_build_object(
                'total', payment.gateway_amount(v_payment.amount_minor, v_payment.currency),
                'orderReference', v_payment.reference,
                'customReference', v_payment.reference
            ),
            v_payment.id
        );
    else
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'create_session',
            '/payment-sessions',
            jsonb_build_object(
                'order', v_payment.order_ref,
                'shopper', v_shopper.gateway_id,
                'hppType', 'fullPageRedirect',
                'doCreateTransaction', v_payment.flow = 'sale_first',
                'doCapture', v_payment.do_capture,
                'returnUrl', v_payment.return_url,
                'cancelUrl', v_payment.cancel_url,
                'expiresAt',
                to_char(v_payment.session_ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                'customReference', v_payment.reference
            )
            || case v_payment.flow
                -- The page only collects the card, which we store.
                when 'tokenise_first' then jsonb_build_object('useStoredPaymentMethod', false)
                else '{}'
            end,
            v_payment.id
        );
    end if;
end;
$$;
alter function payment.advance_session(bigint, boolean) owner to payment;
comment on function payment.advance_session(bigint, boolean) is
$$Queue the next call that a payment's hosted page still needs, if none is under way.

Goes on from whatever an earlier try left behind.$$;
