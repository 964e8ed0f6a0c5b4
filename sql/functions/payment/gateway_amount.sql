create or replace function payment.gateway_amount(p_amount_minor bigint, p_currency text)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        jsonb_build_object(
            'amount',
            round(
                p_amount_minor / power(10::numeric, studio.currency_exponent(p_currency)),
                studio.currency_exponent(p_currency)
            )::text,
            'currencyCode',
            p_currency
        )
$$;
alter function payment.gateway_amount(bigint, text) owner to payment;
comment on function payment.gateway_amount(bigint, text) is
$$Money as the gateway writes it: {"amount": "10.00", "currencyCode": "USD"}.$$;
