create or replace function payment.minor_amount(p_money jsonb)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_amount constant text := p_money ->> 'amount';
    v_minor numeric;
begin
    if v_amount !~ '^[0-9]{1,9}(\.[0-9]{1,4})?$' then
        return null;
    end if;
    v_minor := v_amount::numeric
    * power(10::numeric, studio.currency_exponent(p_money ->> 'currencyCode'));
    -- A fraction of a minor unit is no amount of ours; rounding it would invent money.
    return case when v_minor = trunc(v_minor) then v_minor::bigint end;
end;
$$;
alter function payment.minor_amount(jsonb) owner to payment;
comment on function payment.minor_amount(jsonb) is
$$The gateway's money in minor units; null when it can't be read as such.$$;
