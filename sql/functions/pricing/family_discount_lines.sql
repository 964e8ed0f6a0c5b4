create or replace function pricing.family_discount_lines(
    p_items pricing.basket_item[],
    p_subtotal_minor bigint,
    p_order pricing.basket_order,
    p_discounts pricing.family_discounts[]
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_discount pricing.family_discounts;
    v_item pricing.basket_item;
    v_student_ids bigint [] := array[]::bigint[];
begin
    if p_order.awarded is distinct from false or p_subtotal_minor <= 0 then
        return array[]::pricing.line[];
    end if;
    foreach v_item in array p_items
    loop
        -- Before there was a choice, who came later earned it.
        if
            v_item.student_id <> all(v_student_ids)
            and (not v_item.enrolled or p_order.family_discount_later is not false)
        then
            v_student_ids := v_student_ids || v_item.student_id;
        end if;
    end loop;
    foreach v_discount in array p_discounts
    loop
        continue when
            v_discount.term_id <> p_items[1].term_id
            or cardinality(v_student_ids) < v_discount.min_students;
        return array[
            (
                p_order.cart_id,
                null,
                'family_discount',
                'family_discount',
                null,
                jsonb_build_object(
                    'students', cardinality(v_student_ids),
                    'min_students', v_discount.min_students,
                    'discount_minor', v_discount.amount_minor
                ),
                - least(v_discount.amount_minor, p_subtotal_minor),
                'pricing.family_discounts',
                v_discount.id,
                v_discount.version
            )::pricing.line
        ];
    end loop;
    return array[]::pricing.line[];
end;
$$;
alter function pricing.family_discount_lines(
    pricing.basket_item[], bigint, pricing.basket_order, pricing.family_discounts[]
) owner to pricing;
comment on function pricing.family_discount_lines(
    pricing.basket_item[], bigint, pricing.basket_order, pricing.family_discounts[]
) is
$$Family stage: the family discount, for enough students this term, confirmed or in the cart.

Where the setting family_discount_later is false, for enough students in the cart.
None where the family has its award of the term already. Never more than the subtotals.$$;
