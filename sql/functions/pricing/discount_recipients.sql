create or replace function pricing.discount_recipients(
    p_discount pricing.discounts,
    p_sections jsonb,
    p_student_ids bigint[],
    p_items pricing.basket_item[],
    p_counted pricing.basket_item[],
    p_runs pricing.weekly_run[]
)
returns integer[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_items pricing.basket_item [] := array[]::pricing.basket_item[];
    v_item pricing.basket_item;
    v_run pricing.weekly_run;
    v_place integer;
    v_student_id bigint;
    v_student_ids bigint [] := array[]::bigint[];
    -- Those with confirmed classes first.
    v_ordered_ids bigint [] := array[]::bigint[];
    v_counts integer [] := array_fill(null::integer, array[cardinality(p_student_ids)]);
begin
    if p_discount.category = 'weekly_classes' then
        if p_sections is not null then
            foreach v_item in array p_counted
            loop
                if p_sections @> to_jsonb(v_item.section_id) then
                    v_items := array_append(v_items, v_item);
                end if;
            end loop;
        end if;
        -- A student's runs of what is confirmed come last.
        foreach v_run in array
            case when p_sections is null then p_runs else pricing.weekly_runs(v_items) end
        loop
            continue when v_run.weekly_count < p_discount.threshold;
            v_place := array_position(p_student_ids, v_run.student_id);
            if not v_run.of_enrolled then
                -- The most in any part of the term.
                v_counts[v_place] := greatest(v_run.weekly_count, v_counts[v_place]);
            elsif p_discount.recipients = 'reaching' then
                -- Who had so many before is not one who comes to have them.
                v_counts[v_place] := null;
            end if;
        end loop;
        return v_counts;
    end if;
    foreach v_item in array p_items
    loop
        continue when p_sections is not null and not p_sections @> to_jsonb(v_item.section_id);
        if v_item.student_id <> all(v_student_ids) then
            v_student_ids := array_append(v_student_ids, v_item.student_id);
        end if;
        if v_item.enrolled and v_item.student_id <> all(v_ordered_ids) then
            v_ordered_ids := array_append(v_ordered_ids, v_item.student_id);
        end if;
    end loop;
    -- Who was there before is not the one who comes to reach the threshold.
    foreach v_student_id in array v_student_ids
    loop
        if v_student_id <> all(v_ordered_ids) then
            v_ordered_ids := array_append(v_ordered_ids, v_student_id);
        end if;
    end loop;
    for v_number in p_discount.threshold::integer..cardinality(v_ordered_ids)
    loop
        v_place := array_position(p_student_ids, v_ordered_ids[v_number]);
        v_counts[v_place] := cardinality(v_ordered_ids);
        exit when p_discount.recipients = 'reaching';
    end loop;
    return v_counts;
end;
$$;
alter function pricing.discount_recipients(
    pricing.discounts, jsonb, bigint[], pricing.basket_item[], pricing.basket_item[],
    pricing.weekly_run[]
) owner to pricing;
comment on function pricing.discount_recipients(
    pricing.discounts, jsonb, bigint[], pricing.basket_item[], pricing.basket_item[],
    pricing.weekly_run[]
) is
$$Which students of an order a discount is for: how many there are of what it counts, or null.

Of one that has a condition; for each of p_student_ids, in their order. Students of a family are
counted those with confirmed classes first, then by id: reaching is the one at the threshold. For
weekly classes it is the order with which a student comes to have so many. p_sections: ids of those
that count, null when all do. p_counted: items that count for the rate step; p_runs: theirs. Items
by student.$$;
