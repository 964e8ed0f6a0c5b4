create or replace function studio.currency_exponent(p_currency text)
returns integer
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- ISO 4217: how many decimal digits the minor unit is.
    select
        case
            when p_currency in (
                'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX',
                'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
            ) then 0
            when p_currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
            else 2
        end
$$;
alter function studio.currency_exponent(text) owner to studio;
grant execute on function studio.currency_exponent(text) to domain;
comment on function studio.currency_exponent(text) is
$$Decimal digits of a currency's minor unit (ISO 4217). For domain roles.$$;
