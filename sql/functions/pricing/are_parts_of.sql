create or replace function pricing.are_parts_of(p_parts pricing.part[], p_total_minor bigint)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
    v_part pricing.part;
    v_number integer := 0;
    v_due_before date := '-infinity'::date;
    v_sum_minor bigint := 0::bigint;
begin
    foreach v_part in array p_parts
    loop
        v_number := v_number + 1;
        if
            v_part.number = v_number
            and v_part.due_on >= v_due_before
            and v_part.amount_minor >= 0
        then
            v_due_before := v_part.due_on;
            v_sum_minor := v_sum_minor + v_part.amount_minor;
        else
            -- Also where something is null.
            return false;
        end if;
    end loop;
    return v_number > 0 and v_sum_minor = p_total_minor;
end;
$$;
alter function pricing.are_parts_of(pricing.part[], bigint) owner to pricing;
comment on function pricing.are_parts_of(pricing.part[], bigint) is
$$Whether parts can be those of a total: it together, exactly, one or more, none below zero.

Numbered from 1 on in their order, none due before the one before it. For the CHECK of
pricing.quotes, which looks at a row when it comes: to ask for more is a migration that looks at the
others again.$$;
