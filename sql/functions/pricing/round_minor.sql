create or replace function pricing.round_minor(p_amount numeric)
returns bigint
language sql
immutable
parallel safe
as $$
    -- numeric rounds half away from zero.
    select round(p_amount)::bigint
$$;
alter function pricing.round_minor(numeric) owner to pricing;
comment on function pricing.round_minor(numeric) is
$$The one rounding of money: to the minor unit, half away from zero.$$;
