create or replace function pricing.discount_recipients(
    p_discount pricing.discounts,
    p_sections jsonb,
    p_items pricing.basket_item[],
    p_counted pricing.basket_item[]
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    v_items pricing.basket_item [] := case p_discount.category
        when 'weekly_classes' then p_counted else p_items
    end;
    v_item pricing.basket_item;
    v_counted pricing.basket_item [] := array[]::pricing.basket_item[];
    v_run pricing.weekly_run;
    v_student_ids bigint [] := array[]::bigint[];
    v_confirmed_ids bigint [] := array[]::bigint[];
    v_recipients jsonb := '{}'::jsonb;
begin
    if p_discount.category = 'unconditional' then
        return null;
    end if;
    if p_sections is not null then
        foreach v_item in array v_items
        loop
            if p_sections @> to_jsonb(v_item.section_id) then
                v_counted := array_append(v_counted, v_item);
            end if;
        end loop;
        v_items := v_counted;
    end if;
    if p_discount.category = 'weekly_classes' then
        foreach v_run in array pricing.weekly_runs(v_items)
        loop
            continue when v_run.weekly_count < p_discount.threshold;
            if not v_run.of_enrolled then
                v_recipients := v_recipients || jsonb_build_object(
                    v_run.student_id,
                    -- The most in any part of the term.
                    greatest(
                        v_run.weekly_count,
                        (v_recipients ->> v_run.student_id::text)::integer
                    )
                );
            elsif p_discount.recipients = 'reaching' then
                v_confirmed_ids := array_append(v_confirmed_ids, v_run.student_id);
            end if;
        end loop;
        -- Who had so many before is not one who comes to have them.
        return v_recipients - v_confirmed_ids::text [];
    end if;
    foreach v_item in array v_items
    loop
        if v_item.enrolled and v_item.student_id <> all(v_confirmed_ids) then
            v_confirmed_ids := array_append(v_confirmed_ids, v_item.student_id);
        end if;
    end loop;
    -- Who was there before is not the one who comes to reach the threshold.
    v_student_ids := v_confirmed_ids;
    foreach v_item in array v_items
    loop
        if v_item.student_id <> all(v_student_ids) then
            v_student_ids := array_append(v_student_ids, v_item.student_id);
        end if;
    end loop;
    for v_number in p_discount.threshold::integer..cardinality(v_student_ids)
    loop
        v_recipients := v_recipients || jsonb_build_object(
            v_student_ids[v_number], cardinality(v_student_ids)
        );
        exit when p_discount.recipients = 'reaching';
    end loop;
    return v_recipients;
end;
$$;
alter function pricing.discount_recipients(
    pricing.discounts, jsonb, pricing.basket_item[], pricing.basket_item[]
) owner to pricing;
comment on function pricing.discount_recipients(
    pricing.discounts, jsonb, pricing.basket_item[], pricing.basket_item[]
) is
$$Which students of an order a discount is for: {id: how many there are of what it counts}.

null: for all of them. Students of a family are counted those with confirmed classes first, then by
id: reaching is the one at the threshold. For weekly classes it is the order with which a student
comes to have so many. p_sections: ids of those that count, null when all do. p_counted: items that
count for the rate step. Items by student.$$;
