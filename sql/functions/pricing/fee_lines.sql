create or replace function pricing.fee_lines(
    p_items pricing.basket_item[],
    p_divisions pricing.student_division[],
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_line pricing.line;
    v_rule pricing.fee_rules;
    v_of_student pricing.basket_item [] := array[]::pricing.basket_item[];
begin
    for v_number in 1..cardinality(p_items)
    loop
        v_of_student := array_append(v_of_student, p_items[v_number]);
        -- Another student's, or none: these are all of the student's.
        continue when p_items[v_number].student_id = p_items[v_number + 1].student_id;
        foreach v_rule in array p_fee_rules
        loop
            continue when v_rule.unit = 'family' or v_rule.term_id <> p_items[1].term_id;
            v_line := pricing.fee_line(v_rule, v_of_student, p_divisions, p_program_prices);
            if v_line.kind is not null then
                v_lines := array_append(v_lines, v_line);
            end if;
        end loop;
        v_of_student := array[]::pricing.basket_item[];
    end loop;
    foreach v_rule in array p_fee_rules
    loop
        continue when v_rule.unit <> 'family' or v_rule.term_id <> p_items[1].term_id;
        v_line := pricing.fee_line(v_rule, p_items, p_divisions, p_program_prices);
        if v_line.kind is not null then
            v_lines := array_append(v_lines, v_line);
        end if;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], pricing.fee_rules[], jsonb
) owner to pricing;
comment on function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], pricing.fee_rules[], jsonb
) is
$$Stage 2: fees by rule, in the order of their positions: of each student, then of the family.$$;
