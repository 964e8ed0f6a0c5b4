create or replace function pricing.prorated(p_amount_minor bigint, p_left bigint, p_all bigint)
returns bigint
language plpgsql
immutable
parallel safe
as $$
begin
    if p_left < p_all then
        return pricing.round_minor(p_amount_minor::numeric * p_left / p_all);
    end if;
    -- Nothing has been missed, or there is nothing to miss.
    return p_amount_minor;
end;
$$;
alter function pricing.prorated(bigint, bigint, bigint) owner to pricing;
comment on function pricing.prorated(bigint, bigint, bigint) is
$$What a late starter pays of an amount, in minor units: as much as is left of all, rounded.

The whole amount where it is not known what is left.$$;
