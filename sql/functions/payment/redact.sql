create or replace function payment.redact(p_document jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    -- What we need to understand money later. Everything else may be about a person.
    v_kept constant text [] := array[
        'amount', 'card', 'code', 'createdAt', 'currencyCode', 'customReference', 'eventType',
        'expiresAt', 'failures', 'field', 'hostedCard', 'href', 'id', 'isAuthorized',
        'isHeldForReview', 'items', 'last4', 'merchant', 'modifiedAt', 'order', 'orderReference',
        'parentTransaction', 'paymentSession', 'previousTransactions', 'relatedTransactions',
        'resource', 'resourceType', 'scheme', 'shopper', 'size', 'state', 'status', 'total',
        'totalRefunded', 'transaction', 'type', 'url'
    ];
    v_result jsonb;
begin
    if jsonb_typeof(p_document) = 'object' then
        select jsonb_object_agg(d.key, payment.redact(d.value)) into v_result
        from jsonb_each(p_document) as d
        where d.key = any(v_kept);
        return coalesce(v_result, '{}');
    elsif jsonb_typeof(p_document) = 'array' then
        select jsonb_agg(payment.redact(d.value) order by d.ordinality) into v_result
        from jsonb_array_elements(p_document) with ordinality as d;
        return coalesce(v_result, '[]');
    end if;
    return p_document;
end;
$$;
alter function payment.redact(jsonb) owner to payment;
comment on function payment.redact(jsonb) is
$$A document of the gateway without anything that may be about a person.

Only listed keys are kept, at every depth.$$;
