create or replace function pricing.discount_lines(
    p_items pricing.basket_item[],
    p_counted pricing.basket_item[],
    p_runs pricing.weekly_run[],
    p_lines pricing.line[],
    p_discounts pricing.discounts[],
    p_discount_sections jsonb,
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb,
    p_engine_version integer
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_cart_id constant bigint := p_items[1].cart_id;
    v_term_id constant bigint := p_items[1].term_id;
    v_item pricing.basket_item;
    v_line pricing.line;
    v_fee pricing.fee_rules;
    v_discountable_ids bigint [] := array[]::bigint[];
    -- Of each line: what it is to a discount; what is left of it.
    v_groups text [] := array[]::text[];
    v_left bigint [] := array[]::bigint[];
    -- The students by id, the numbers of their lines one student after the other, and where in
    -- these each student's end.
    v_student_ids bigint [] := array[]::bigint[];
    v_numbers integer [] := array[]::integer[];
    v_ends integer [] := array[]::integer[];
    v_first integer;
    v_number integer;
    v_discount pricing.discounts;
    v_sections jsonb;
    v_counts integer [];
    v_reduced text [];
    v_share record;
    -- By place among v_numbers what a discount may reduce; the sum of a student's, up to a line
    -- and in all.
    v_parts_minor bigint [];
    v_part_minor bigint;
    v_running_minor bigint;
    v_base_minor bigint;
    v_saved_minor bigint;
    v_allotted_minor bigint;
    v_off_minor bigint;
    v_parts jsonb [];
    v_lines pricing.line [] := array[]::pricing.line[];
begin
    if cardinality(p_lines) = 0 then
        return v_lines;
    end if;
    foreach v_fee in array p_fee_rules
    loop
        if v_fee.discountable then
            v_discountable_ids := array_append(v_discountable_ids, v_fee.id);
        end if;
    end loop;
    foreach v_line in array p_lines
    loop
        v_left := array_append(v_left, v_line.amount_minor);
        v_groups := array_append(
            v_groups,
            case
                when v_line.kind = 'fee'
                    then case when v_line.rule_id = any(v_discountable_ids) then 'fee' end
                when v_line.kind = 'program' or v_line.basis ->> 'price_mode' = 'program'
                    then 'program'
                else 'tuition'
            end
        );
    end loop;
    foreach v_item in array p_items
    loop
        continue when v_item.student_id = v_student_ids[cardinality(v_student_ids)];
        v_student_ids := array_append(v_student_ids, v_item.student_id);
        for v_line_number in 1..cardinality(p_lines)
        loop
            if p_lines[v_line_number].student_id = v_item.student_id then
                v_numbers := array_append(v_numbers, v_line_number);
            end if;
        end loop;
        v_ends := array_append(v_ends, cardinality(v_numbers));
    end loop;

    foreach v_discount in array p_discounts
    loop
        continue when v_discount.term_id <> v_term_id;
        v_sections := p_discount_sections -> v_discount.id::text;
        v_counts := null;
        if v_discount.category <> 'unconditional' then
            v_counts := pricing.discount_recipients(
                v_discount, v_sections, v_student_ids, p_items, p_counted, p_runs
            );
        end if;
        v_reduced := array[
            case when v_discount.reduces_tuition then 'tuition' end,
            case when v_discount.reduces_fees then 'fee' end,
            case when v_discount.reduces_programs then 'program' end
        ];
        for v_student in 1..cardinality(v_student_ids)
        loop
            continue when v_counts[v_student] is null and v_counts is not null;
            v_first := coalesce(v_ends[v_student - 1], 0) + 1;
            v_base_minor := 0::bigint;
            for v_place in v_first..v_ends[v_student]
            loop
                v_number := v_numbers[v_place];
                v_part_minor := case
                    when v_groups[v_number] = any(v_reduced) then v_left[v_number] else 0
                end;
                if v_sections is not null and v_part_minor > 0 then
                    -- Of a line for several sections their share.
                    v_share := pricing.line_share(
                        v_number, v_sections, p_items, p_lines, p_fee_rules, p_program_prices
                    );
                    v_part_minor := case
                        when v_share.weight = 0 then 0
                        when p_engine_version > 3
                            then
                                pricing.round_minor(
                                    v_part_minor::numeric * v_share.weight / v_share.full_weight
                                )
                        -- Engines up to 3 left out what was less than a unit.
                        else v_part_minor * v_share.weight / v_share.full_weight
                    end;
                end if;
                v_parts_minor[v_place] := v_part_minor;
                v_base_minor := v_base_minor + v_part_minor;
            end loop;
            v_saved_minor := least(
                v_base_minor,
                case v_discount.kind
                    when 'percent'
                        then pricing.round_minor(
                            v_base_minor::numeric * v_discount.percent_bp / 10000
                        )
                    else v_discount.amount_minor
                end
            );
            continue when v_saved_minor = 0;
            -- What is taken off each line, in whole units, so that the parts add up to the whole.
            v_running_minor := 0::bigint;
            v_allotted_minor := 0::bigint;
            v_parts := null;
            for v_place in v_first..v_ends[v_student]
            loop
                continue when v_parts_minor[v_place] = 0;
                v_number := v_numbers[v_place];
                v_running_minor := v_running_minor + v_parts_minor[v_place];
                v_off_minor
                := div(v_saved_minor::numeric * v_running_minor, v_base_minor)::bigint
                - v_allotted_minor;
                v_allotted_minor := v_allotted_minor + v_off_minor;
                v_left[v_number] := v_left[v_number] - v_off_minor;
                v_parts := array_append(
                    v_parts,
                    jsonb_build_object('line_number', v_number, 'amount_minor', v_off_minor)
                );
            end loop;
            v_lines := array_append(
                v_lines,
                (
                    v_cart_id,
                    v_student_ids[v_student],
                    'discount',
                    v_discount.code,
                    null,
                    jsonb_strip_nulls(
                        jsonb_build_object(
                            'category', v_discount.category,
                            'threshold', v_discount.threshold,
                            'count', v_counts[v_student],
                            'base_minor', v_base_minor,
                            'percent_bp', v_discount.percent_bp,
                            'discount_minor', v_discount.amount_minor,
                            'parts', to_jsonb(v_parts)
                        )
                    ),
                    - v_saved_minor,
                    'pricing.discounts',
                    v_discount.id,
                    v_discount.version
                )::pricing.line
            );
        end loop;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.discount_lines(
    pricing.basket_item[], pricing.basket_item[], pricing.weekly_run[], pricing.line[],
    pricing.discounts[], jsonb, pricing.fee_rules[], jsonb, integer
) owner to pricing;
comment on function pricing.discount_lines(
    pricing.basket_item[], pricing.basket_item[], pricing.weekly_run[], pricing.line[],
    pricing.discounts[], jsonb, pricing.fee_rules[], jsonb, integer
) is
$$Stage 3: discounts of one order, a line for each discount and student, in the order given.

Each on what the ones before have left of the lines it may reduce, never more than that. Of a line
for several sections one that is limited reduces their share, rounded (cut off in engines up to 3).
parts in its basis: how much is off which line of the order. p_items: of one order, by student.
p_counted: those that count for the rate step; p_runs: theirs. p_discounts: those of the instant, in
the order in which they apply; other terms' are left out. p_discount_sections: {id of a discount:
[ids of sections]} of those that are limited to sections. p_program_prices: as of
pricing.rules_of().$$;
