create or replace function pricing.units_left(
    p_items pricing.basket_item[],
    p_unit text,
    p_class_ids bigint[],
    p_proration text,
    out amount numeric,
    out divisor numeric
)
language plpgsql
immutable
parallel safe
as $$
declare
    v_item pricing.basket_item;
    v_all bigint;
    v_left bigint;
    v_unit integer;
    -- Of each unit the most that is left of a class that causes it: so many of so many.
    v_alls bigint [] := array[]::bigint[];
    v_lefts bigint [] := array[]::bigint[];
    v_weights bigint [] := array[]::bigint[];
begin
    foreach v_item in array p_items
    loop
        v_all := case p_proration when 'meetings' then v_item.meetings else v_item.days end::bigint;
        v_left := case p_proration
            when 'meetings' then v_item.meetings_left else v_item.days_left
        end::bigint;
        if (v_left < v_all) is not true then
            -- Nothing has been missed, or there is nothing to miss.
            v_all := 1::bigint;
            v_left := 1::bigint;
        end if;
        v_unit := case p_unit
            when 'class' then array_position(p_class_ids, v_item.class_id)
            when 'weekly_meeting' then cardinality(v_alls) + 1
            else 1
        end;
        if coalesce(v_left * v_alls[v_unit] > v_lefts[v_unit] * v_all, v_unit is not null) then
            v_alls[v_unit] := v_all;
            v_lefts[v_unit] := v_left;
            v_weights[v_unit] := case p_unit
                when 'weekly_meeting' then coalesce(cardinality(v_item.weekdays), 0)::bigint
                else 1::bigint
            end;
        end if;
    end loop;
    divisor := 1::numeric;
    for v_number in 1..cardinality(v_alls)
    loop
        divisor := lcm(divisor, v_alls[v_number]::numeric);
    end loop;
    amount := 0::numeric;
    for v_number in 1..cardinality(v_alls)
    loop
        amount := amount
        + v_weights[v_number] * v_lefts[v_number] * (divisor / v_alls[v_number]);
    end loop;
end;
$$;
alter function pricing.units_left(
    pricing.basket_item[], text, bigint[], text
) owner to pricing;
comment on function pricing.units_left(
    pricing.basket_item[], text, bigint[], text
) is
$$How many units of a fee are left for who starts late: amount of divisor, not rounded yet.

p_items: the classes that cause it. p_unit: of the fee. p_class_ids: of a fee by class those it is
charged for; what the others have left does not count. p_proration: meetings or days. Of a unit that
several classes cause the one counts that has most left, so that no class makes it cheaper.$$;
