create or replace function payment.batch_amount(p_side jsonb)
returns bigint
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- Of all amounts of the gateway only the net of a batch may be below 0.
    select
        case when p_side #>> '{total,amount}' like '-%' then -1 else 1 end
        * payment.minor_amount(
            jsonb_build_object(
                'amount', ltrim(p_side #>> '{total,amount}', '-'),
                'currencyCode', p_side #> '{total,currencyCode}'
            )
        )
$$;
alter function payment.batch_amount(jsonb) owner to payment;
comment on function payment.batch_amount(jsonb) is
$$Debits, credits or net of a batch of the gateway in minor units; null when it can't be read.$$;
