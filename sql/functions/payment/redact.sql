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
        where
            d.key = any(v_kept)
            -- Free text, where somebody else than we has written it.
            and (
                d.key not in ('code', 'field', 'customReference', 'orderReference')
                or d.value #>> '{}' ~ '^[A-Za-z0-9_.:\[\]-]{1,100}$'
            );
        return coalesce(v_result, '{}');
    elsif jsonb_typeof(p_document) = 'array' then
        select jsonb_agg(payment.redact(d.value) order by d.ordinality) into v_result
        from jsonb_array_elements(p_document) with ordinality as d;
        return coalesce(v_result, '[]');
    elsif
        jsonb_typeof(p_document) = 'string'
        and (
            length(p_document #>> '{}') > 2048
            -- An address, or what could be the number of a card.
            or p_document #>> '{}' ~ '@|(^|[^A-Za-z0-9])[0-9]([ -]?[0-9]){11,18}([^A-Za-z0-9]|$)'
        )
    then
        return 'null'::jsonb;
    end if;
    return p_document;
end;
$$;
alter function payment.redact(jsonb) owner to payment;
comment on function payment.redact(jsonb) is
$$A document of the gateway without anything that may be about a person.

Only listed keys are kept, at every depth, and of those no text that could be about somebody.$$;
