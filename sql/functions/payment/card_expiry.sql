create or replace function payment.card_expiry(p_card jsonb)
returns date
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_month constant text := p_card ->> 'expirationMonth';
    v_year constant text := p_card ->> 'expirationYear';
begin
    if v_month !~ '^0?[1-9]$|^1[0-2]$' or v_year !~ '^20[0-9]{2}$' then
        return null;
    end if;
    -- The first of the next month, less a day.
    return make_date(
        v_year::integer + v_month::integer / 12, v_month::integer % 12 + 1, 1
    ) - 1;
end;
$$;
alter function payment.card_expiry(jsonb) owner to payment;
comment on function payment.card_expiry(jsonb) is
$$The last day on which a card of the gateway's is valid; null when it can't be read.$$;
