create or replace function payment.session_of(p_studio_id integer, p_payment_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
begin
    perform auth.enter_studio(p_studio_id);
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = p_studio_id and p.id = p_payment_id;
    return payment.session_document(v_payment)
    || jsonb_build_object(
        'waiting', v_payment.session_ref is null and exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                -- One that failed waits longer than anybody who looks at a page would.
                and (c.status = 'claimed' or (c.status = 'queued' and c.attempts = 0))
        ),
        'error_code', case
            when v_payment.session_ref is not null then null
            when v_payment.status = 'failed' then 'payment_refused'
            else 'gateway_unavailable'
        end
    );
end;
$$;
alter function payment.session_of(integer, bigint) owner to payment;
grant execute on function payment.session_of(integer, bigint) to thin_api;
comment on function payment.session_of(integer, bigint) is
$$A payment with the address of its hosted page, null until the gateway has made one.

waiting: whether it is worth looking again in a moment; error_code: what to answer when it isn't.
For login thin_api.$$;
