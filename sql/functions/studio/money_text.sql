create or replace function studio.money_text(p_amount_minor bigint, p_currency text)
returns text
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        to_char(
            p_amount_minor / power(10::numeric, studio.currency_exponent(p_currency)),
            'FM999,999,999,990'
            || case studio.currency_exponent(p_currency)
                when 0 then '' when 3 then '.000' else '.00'
            end
        )
$$;
alter function studio.money_text(bigint, text) owner to studio;
grant execute on function studio.money_text(bigint, text) to domain;
comment on function studio.money_text(bigint, text) is
$$An amount in minor units as people read it, without its currency: 4,849.67. For domain roles.$$;
