create or replace function payment.ask_about(p_payment payment.payments)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if payment.ask_charge(p_payment.id) then
        -- Of a charge the page knows nothing.
        return;
    elsif p_payment.session_ref is not null then
        perform payment.queue_call(
            p_payment.merchant_account_id,
            'fetch_session',
            '/payment-sessions/' || p_payment.session_ref,
            null,
            p_payment.id
        );
    elsif p_payment.flow <> 'stored_method' then
        -- Nobody has seen a page yet: what there is of one is gone on with.
        perform payment.advance_session(p_payment.id);
    end if;
end;
$$;
alter function payment.ask_about(payment.payments) owner to payment;
comment on function payment.ask_about(payment.payments) is
$$Ask the gateway what became of an open payment: by its charge or its session, or go on.$$;
