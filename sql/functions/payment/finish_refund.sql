create or replace function payment.finish_refund(
    p_refund_id bigint,
    p_status text,
    p_return_gateway_id text default null,
    p_failure_code text default null,
    p_kind text default null
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
begin
    update payment.refunds as r
    set
        status = p_status,
        kind = coalesce(p_kind, r.kind),
        waits_for_settlement = false,
        return_gateway_id = coalesce(p_return_gateway_id, r.return_gateway_id),
        failure_code = p_failure_code,
        settled_at = now()
    where r.studio_id = auth.studio_id() and r.id = p_refund_id
    returning r.* into strict v_refund;
    -- What is still owed may be another amount by it.
    perform payment.follow_price(v_refund.registration_id);
    perform ops.emit(
        'refund.' || p_status,
        v_refund.id,
        v_refund.family_id,
        jsonb_build_object(
            'registration_id', v_refund.registration_id,
            'transaction_id', v_refund.transaction_id,
            'offline_payment_id', v_refund.offline_payment_id,
            'kind', v_refund.kind,
            'cause', v_refund.cause,
            'amount_minor', v_refund.amount_minor,
            'price_reduction_minor', v_refund.price_reduction_minor,
            'failure_code', v_refund.failure_code
        )
    );
end;
$$;
alter function payment.finish_refund(bigint, text, text, text, text) owner to payment;
comment on function payment.finish_refund(bigint, text, text, text, text) is
$$Say of a refund that it is done, or that it failed and by what code.

p_return_gateway_id: the gateway's transaction that says so. p_kind: what it has become, where the
gateway did another thing than was asked for. Announced as refund.done, refund.failed.$$;
