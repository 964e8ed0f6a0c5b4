create or replace function pricing.sum_minor(p_lines pricing.line[])
returns bigint
language plpgsql
immutable
parallel safe
as $$
declare
    v_line pricing.line;
    v_sum_minor bigint := 0::bigint;
begin
    foreach v_line in array p_lines
    loop
        v_sum_minor := v_sum_minor + v_line.amount_minor;
    end loop;
    return v_sum_minor;
end;
$$;
alter function pricing.sum_minor(pricing.line[]) owner to pricing;
comment on function pricing.sum_minor(pricing.line[]) is
$$What lines add up to, in minor units.$$;
