create or replace function pricing.round_minor(p_amount numeric)
returns bigint
language plpgsql
immutable
parallel safe
as $$
begin
    -- numeric rounds half away from zero.
    return round(p_amount)::bigint;
end;
$$;
alter function pricing.round_minor(numeric) owner to pricing;
comment on function pricing.round_minor(numeric) is
$$The one rounding of money: to the minor unit, half away from zero.$$;
