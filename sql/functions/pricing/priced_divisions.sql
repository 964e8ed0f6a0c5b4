create or replace function pricing.priced_divisions(
    p_items pricing.basket_item[], p_named_divisions jsonb
)
returns pricing.student_division[]
language plpgsql
stable
parallel safe
as $$
declare
    v_divisions pricing.student_division [] := array[]::pricing.student_division[];
    v_item pricing.basket_item;
    v_division_id bigint;
    v_rank smallint;
    v_enrolled_division_id bigint;
    v_enrolled_rank smallint;
    -- A division that doesn't mix tolerates no other one beside it.
    v_unmixed_id bigint;
    v_is_mixed boolean := false;
begin
    for v_number in 1..cardinality(p_items)
    loop
        v_item := p_items[v_number];
        if v_item.division_id is not null then
            v_is_mixed := v_is_mixed or coalesce(v_item.division_id <> v_division_id, false);
            if not v_item.division_mixes then
                v_unmixed_id := least(v_unmixed_id, v_item.division_id);
            end if;
            if v_rank is null or v_item.division_rank > v_rank then
                v_rank := v_item.division_rank;
                v_division_id := v_item.division_id;
            end if;
            if
                v_item.enrolled
                and (v_enrolled_rank is null or v_item.division_rank > v_enrolled_rank)
            then
                v_enrolled_rank := v_item.division_rank;
                v_enrolled_division_id := v_item.division_id;
            end if;
        end if;
        -- Another student's follows, or none: these were all of the student's.
        continue when
            v_division_id is null or v_item.student_id = p_items[v_number + 1].student_id;
        if v_is_mixed and v_unmixed_id is not null then
            perform ops.fail(
                'division_mixed',
                jsonb_build_object(
                    'student_id', v_item.student_id,
                    'division', p_named_divisions -> v_unmixed_id::text -> 'name'
                )
            );
        end if;
        v_divisions := array_append(
            v_divisions,
            (
                v_item.cart_id, v_item.student_id, v_division_id, v_enrolled_division_id
            )::pricing.student_division
        );
        v_division_id := null;
        v_rank := null;
        v_enrolled_division_id := null;
        v_enrolled_rank := null;
        v_unmixed_id := null;
        v_is_mixed := false;
    end loop;
    return v_divisions;
end;
$$;
alter function pricing.priced_divisions(pricing.basket_item[], jsonb) owner to pricing;
comment on function pricing.priced_divisions(pricing.basket_item[], jsonb) is
$$The one division each student of an order is priced in: the highest of its standard classes.

A class whose price staff have set has its vote all the same. p_items: of one order, student by
student. Raises division_mixed.$$;
