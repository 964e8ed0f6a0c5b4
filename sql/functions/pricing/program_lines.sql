create or replace function pricing.program_lines(
    p_items pricing.basket_item[], p_program_prices jsonb
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_other pricing.basket_item;
    v_price jsonb;
    v_is_enrolled boolean;
    v_section_ids bigint [];
    v_done text [] := array[]::text[];
begin
    foreach v_item in array p_items
    loop
        continue when
            v_item.price_mode <> 'program'
            or v_item.enrolled
            or concat_ws(':', v_item.student_id, v_item.program_id) = any(v_done);
        v_done := v_done || concat_ws(':', v_item.student_id, v_item.program_id);
        v_price := p_program_prices -> concat_ws(':', v_item.term_id, v_item.program_id);
        if v_price is null then
            perform pricing.refuse_unpriced(v_item);
        end if;
        v_section_ids := array[]::bigint[];
        v_is_enrolled := false;
        foreach v_other in array p_items
        loop
            continue when
                v_other.price_mode <> 'program'
                or v_other.student_id <> v_item.student_id
                or v_other.program_id <> v_item.program_id;
            if v_other.enrolled then
                v_is_enrolled := true;
            else
                v_section_ids := v_section_ids || v_other.section_id;
            end if;
        end loop;
        v_lines := array_append(
            v_lines,
            (
                v_item.cart_id,
                v_item.student_id,
                'program',
                v_price ->> 'code',
                null,
                jsonb_build_object('sections', v_section_ids, 'enrolled', v_is_enrolled),
                case when v_is_enrolled then 0 else (v_price -> 'amount_minor')::bigint end,
                'pricing.program_prices',
                v_price -> 'id',
                v_price -> 'version'
            )::pricing.line
        );
    end loop;
    if cardinality(v_lines) > 1 then
        return array(select l from unnest(v_lines) as l order by l.student_id, l.code);
    end if;
    return v_lines;
end;
$$;
alter function pricing.program_lines(pricing.basket_item[], jsonb) owner to pricing;
comment on function pricing.program_lines(pricing.basket_item[], jsonb) is
$$Stage 1b: the set price of a program, once a student and term.

However many of its classes are taken, and nothing for one that has any of them. Raises
price_missing.$$;
