create or replace function pricing.are_sorted(
    p_items pricing.basket_item[], p_orders pricing.basket_order[]
)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
    v_item pricing.basket_item;
    v_last_item pricing.basket_item;
    v_order pricing.basket_order;
    v_last_order pricing.basket_order;
begin
    foreach v_item in array p_items
    loop
        if
            (v_item.cart_id, v_item.student_id, v_item.section_id)
            < (v_last_item.cart_id, v_last_item.student_id, v_last_item.section_id)
        then
            return false;
        end if;
        v_last_item := v_item;
    end loop;
    foreach v_order in array p_orders
    loop
        if v_order.cart_id < v_last_order.cart_id then
            return false;
        end if;
        v_last_order := v_order;
    end loop;
    return true;
end;
$$;
alter function pricing.are_sorted(pricing.basket_item[], pricing.basket_order[]) owner to pricing;
comment on function pricing.are_sorted(pricing.basket_item[], pricing.basket_order[]) is
$$Whether items come cart by cart, student by student, by section, and orders by cart.

As they do from pricing.basket() and pricing.basket_orders(); the pipeline counts on it.$$;
