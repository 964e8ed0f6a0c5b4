create or replace function pricing.is_minor(p_value jsonb, p_least bigint default 0)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if jsonb_typeof(p_value) = 'number' then
        return
            p_value::numeric = trunc(p_value::numeric)
            and p_value::numeric between p_least and 99999999999;
    end if;
    return false;
end;
$$;
alter function pricing.is_minor(jsonb, bigint) owner to pricing;
comment on function pricing.is_minor(jsonb, bigint) is
$$Whether a JSON value is an amount: whole minor units, from p_least to 999,999,999.99.$$;
