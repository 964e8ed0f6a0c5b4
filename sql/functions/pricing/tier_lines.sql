create or replace function pricing.tier_lines(
    p_items pricing.basket_item[], p_tier_prices jsonb
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_price jsonb;
begin
    foreach v_item in array p_items
    loop
        continue when v_item.price_mode <> 'tiered' or v_item.enrolled;
        v_price := p_tier_prices -> v_item.tier_id::text;
        if v_price is null then
            perform pricing.refuse_unpriced(v_item);
        end if;
        v_lines := array_append(
            v_lines,
            (
                v_item.cart_id,
                v_item.student_id,
                'tier',
                v_price ->> 'code',
                v_item.section_id,
                jsonb_build_object('tier_id', v_item.tier_id),
                v_price -> 'amount_minor',
                'pricing.tier_prices',
                v_price -> 'id',
                v_price -> 'version'
            )::pricing.line
        );
    end loop;
    return v_lines;
end;
$$;
alter function pricing.tier_lines(pricing.basket_item[], jsonb) owner to pricing;
comment on function pricing.tier_lines(pricing.basket_item[], jsonb) is
$$Stage 1d: the price of the tier that was picked, one line a student and section.

For the items given; one that is confirmed already is paid and has none. Raises price_missing.$$;
