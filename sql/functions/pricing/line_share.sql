create or replace function pricing.line_share(
    p_line_number integer,
    p_sections jsonb,
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb,
    out weight bigint,
    out full_weight bigint
)
language plpgsql
immutable
parallel safe
as $$
declare
    v_line constant pricing.line := p_lines[p_line_number];
    v_other pricing.line;
    v_starts_on date;
    v_next_starts_on date;
    v_other_starts_on date;
    v_overridden_ids bigint [] := array[]::bigint[];
    v_rule pricing.fee_rules;
    v_fee pricing.fee_rules;
    v_item pricing.basket_item;
    -- Whether the line is for it.
    v_is_for boolean;
    v_weight integer;
begin
    if v_line.kind = 'tuition' then
        -- For the classes from the day it names to the day before the next one's.
        v_starts_on := to_date(v_line.basis ->> 'starts_on', 'YYYY-MM-DD');
        foreach v_other in array p_lines
        loop
            continue when v_other.student_id is distinct from v_line.student_id;
            if v_other.kind = 'override' then
                v_overridden_ids := array_append(v_overridden_ids, v_other.section_id);
            elsif v_other.kind = 'tuition' then
                v_other_starts_on := to_date(v_other.basis ->> 'starts_on', 'YYYY-MM-DD');
                if v_other_starts_on > v_starts_on then
                    v_next_starts_on := least(v_next_starts_on, v_other_starts_on);
                end if;
            end if;
        end loop;
    elsif v_line.kind = 'fee' then
        foreach v_rule in array p_fee_rules
        loop
            if v_rule.id = v_line.rule_id then
                v_fee := v_rule;
                exit;
            end if;
        end loop;
    end if;
    weight := 0;
    full_weight := 0;
    foreach v_item in array p_items
    loop
        continue when v_item.enrolled or v_item.student_id is distinct from v_line.student_id;
        v_is_for := case
            when v_line.section_id is not null then v_item.section_id = v_line.section_id
            when v_line.basis ? 'sections'
                then v_line.basis -> 'sections' @> to_jsonb(v_item.section_id)
            when v_line.kind = 'tuition'
                then
                    v_item.price_mode = 'standard'
                    and v_item.starts_on >= v_starts_on
                    and (v_next_starts_on is null or v_item.starts_on < v_next_starts_on)
                    and v_item.section_id <> all(v_overridden_ids)
            when v_line.kind = 'fee'
                then
                    coalesce(
                        case
                            when
                                v_fee.code = 'registration'
                                and v_fee.unit in ('student', 'family')
                                then
                                    (
                                        p_program_prices
                                        -> (v_item.term_id || ':' || v_item.program_id)
                                        ->> 'registration_fee_minor'
                                    )::bigint > 0
                        end,
                        v_item.price_mode = any(v_fee.charged_modes)
                    )
                    and v_fee.code <> all(v_item.exempt_fee_codes)
                    and (
                        v_fee.division_of is distinct from 'class'
                        or v_fee.division_id = v_item.division_id
                    )
                    and (v_fee.class_id is null or v_fee.class_id = v_item.class_id)
                    and (v_fee.section_id is null or v_fee.section_id = v_item.section_id)
        end;
        if v_is_for then
            v_weight := case
                when v_fee.unit = 'class' then 1 else greatest(cardinality(v_item.weekdays), 1)
            end;
            full_weight := full_weight + v_weight;
            if p_sections @> to_jsonb(v_item.section_id) then
                weight := weight + v_weight;
            end if;
        end if;
    end loop;
end;
$$;
alter function pricing.line_share(
    integer, jsonb, pricing.basket_item[], pricing.line[], pricing.fee_rules[], jsonb
) owner to pricing;
comment on function pricing.line_share(
    integer, jsonb, pricing.basket_item[], pricing.line[], pricing.fee_rules[], jsonb
) is
$$What share of a student's line is for the sections a rule is limited to: weight of full_weight.

Both are 0 where the line is for no section of the order. A section weighs its weekly meetings, at
least 1, or 1 in a fee by class; of a fee the classes that cause it count, as in
pricing.fee_lines(). p_items, p_lines: of one order. p_line_number: the line's place in p_lines.
p_sections: an array of ids.$$;
