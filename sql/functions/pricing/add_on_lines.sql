create or replace function pricing.add_on_lines(p_items pricing.basket_item[], p_add_ons jsonb)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_other pricing.basket_item;
    v_add_ons jsonb;
    v_add_on jsonb;
    v_is_had boolean;
    v_code text;
begin
    foreach v_item in array p_items
    loop
        v_add_ons := p_add_ons -> v_item.section_id::text;
        continue when v_item.enrolled or (v_add_ons is null and v_item.add_on_codes = '{}');
        -- Asked for, and not to be had any more: to leave it out silently would be another order.
        foreach v_code in array coalesce(v_item.add_on_codes, '{}')
        loop
            if v_add_ons @> jsonb_build_array(jsonb_build_object('code', v_code)) is not true then
                perform ops.fail(
                    'add_on_unknown',
                    jsonb_build_object(
                        'code', v_code,
                        'title', (
                            select k.title
                            from catalog.classes as k
                            where k.studio_id = auth.studio_id() and k.id = v_item.class_id
                        ),
                        'student_id', v_item.student_id,
                        'section_id', v_item.section_id
                    )
                );
            end if;
        end loop;
        for v_number in 0..coalesce(jsonb_array_length(v_add_ons), 0) - 1
        loop
            v_add_on := v_add_ons -> v_number;
            if (v_add_on -> 'required')::boolean then
                -- More dates of a section that is sold by date don't cause it again.
                foreach v_other in array p_items
                loop
                    v_is_had
                    := v_other.enrolled
                    and v_other.student_id = v_item.student_id
                    and v_other.section_id = v_item.section_id;
                    exit when v_is_had;
                end loop;
                continue when v_is_had;
            else
                continue when (v_add_on ->> 'code' = any(v_item.add_on_codes)) is not true;
            end if;
            v_lines := array_append(
                v_lines,
                (
                    v_item.cart_id,
                    v_item.student_id,
                    'add_on',
                    v_add_on ->> 'code',
                    v_item.section_id,
                    jsonb_build_object('required', v_add_on -> 'required'),
                    v_add_on -> 'amount_minor',
                    'pricing.add_ons',
                    v_add_on -> 'id',
                    v_add_on -> 'version'
                )::pricing.line
            );
        end loop;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.add_on_lines(pricing.basket_item[], jsonb) owner to pricing;
comment on function pricing.add_on_lines(pricing.basket_item[], jsonb) is
$$Stage 4: what is had beside a section, once a student: required, or asked for.

A required one is not charged to a student who has the section already, on other dates.
At the price of the instant, whatever it was when it was asked for. p_add_ons: of each section, in
their order. Raises add_on_unknown where something asked for is not to be had any more.$$;
