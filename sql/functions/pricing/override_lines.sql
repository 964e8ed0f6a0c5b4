create or replace function pricing.override_lines(
    p_items pricing.basket_item[], p_overrides jsonb, p_class_prices jsonb
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_override jsonb;
    v_price jsonb;
begin
    foreach v_item in array p_items
    loop
        v_override := p_overrides -> concat_ws(':', v_item.student_id, v_item.section_id);
        v_price := v_override;
        if v_price is null and v_item.price_mode = 'standard' then
            v_price := p_class_prices -> v_item.class_id::text;
        end if;
        continue when v_price is null;
        v_lines := array_append(
            v_lines,
            (
                v_item.cart_id,
                v_item.student_id,
                'override',
                case when v_override is null then 'class_price' else 'override' end,
                v_item.section_id,
                jsonb_build_object('price_mode', v_item.price_mode, 'enrolled', v_item.enrolled),
                case when v_item.enrolled then 0 else (v_price -> 'amount_minor')::bigint end,
                case
                    when v_override is null then 'pricing.class_prices' else 'pricing.overrides'
                end,
                v_price -> 'id',
                v_price -> 'version'
            )::pricing.line
        );
    end loop;
    return v_lines;
end;
$$;
alter function pricing.override_lines(pricing.basket_item[], jsonb, jsonb) owner to pricing;
comment on function pricing.override_lines(pricing.basket_item[], jsonb, jsonb) is
$$Stage 1c: tuition that staff set: for a student's item, or for a class and everybody.

The first wins over every price mode; the second stands in for the rate table alone.
An item that is confirmed already has a line of 0: it was paid, and no other stage may price it.$$;
