create or replace function pricing.drop_in_lines(
    p_items pricing.basket_item[], p_date_prices jsonb
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_held_on date;
    v_price jsonb;
    v_dates jsonb;
    v_sum_minor bigint;
begin
    foreach v_item in array p_items
    loop
        continue when v_item.price_mode <> 'drop_in' or v_item.enrolled;
        -- No date is no price either.
        if coalesce(cardinality(v_item.dates), 0) = 0 then
            perform pricing.refuse_unpriced(v_item);
        end if;
        v_dates := '[]';
        v_sum_minor := 0::bigint;
        foreach v_held_on in array v_item.dates
        loop
            -- A date's own price before that of every date.
            v_price := coalesce(
                p_date_prices -> concat_ws(':', v_item.section_id, v_held_on),
                p_date_prices -> v_item.section_id::text
            );
            -- One date without a price is an item without a price.
            if v_price is null then
                perform pricing.refuse_unpriced(v_item);
            end if;
            v_dates := v_dates || jsonb_build_object(
                'held_on', v_held_on,
                'amount_minor', v_price -> 'amount_minor',
                'rule_id', v_price -> 'id',
                'rule_version', v_price -> 'version'
            );
            v_sum_minor := v_sum_minor + (v_price -> 'amount_minor')::bigint;
        end loop;
        v_lines := array_append(
            v_lines,
            (
                v_item.cart_id,
                v_item.student_id,
                'drop_in',
                'drop_in',
                v_item.section_id,
                jsonb_build_object('dates', v_dates),
                v_sum_minor,
                'pricing.date_prices',
                v_dates -> 0 -> 'rule_id',
                v_dates -> 0 -> 'rule_version'
            )::pricing.line
        );
    end loop;
    return v_lines;
end;
$$;
alter function pricing.drop_in_lines(pricing.basket_item[], jsonb) owner to pricing;
comment on function pricing.drop_in_lines(pricing.basket_item[], jsonb) is
$$Stage 1d: the prices of the dates that were picked, added up in one line a student and section.

For the items given; dates that are confirmed already are items of their own, and have none. basis:
each date with its price and the rule that made it; the line itself names that of the first date.
Raises price_missing.$$;
