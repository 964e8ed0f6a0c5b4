create or replace function pricing.coupon_base(
    p_coupon pricing.coupons,
    p_sections jsonb,
    p_left bigint[],
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb
)
returns bigint
language plpgsql
immutable
parallel safe
as $$
declare
    v_line pricing.line;
    v_number integer := 0;
    v_part_minor bigint;
    v_share record;
    v_most_minor bigint := 0::bigint;
    v_base_minor bigint := 0::bigint;
begin
    foreach v_line in array p_lines
    loop
        v_number := v_number + 1;
        v_part_minor := p_left[v_number];
        continue when v_part_minor <= 0
        or case
            when v_line.kind in ('tuition', 'program', 'override', 'tier', 'drop_in')
                then 'tuition'
            when v_line.kind = 'fee' and v_line.code = 'registration' then 'registration'
            when v_line.kind = 'fee' then 'recital'
            else ''
        end <> all(p_coupon.applies_to);
        if p_sections is not null then
            -- Of a line for several sections, the share of those it is limited to.
            v_share := pricing.line_share(
                v_number, p_sections, p_items, p_lines, p_fee_rules, p_program_prices
            );
            continue when v_share.weight = 0;
            v_part_minor := pricing.round_minor(
                v_part_minor::numeric * v_share.weight / v_share.full_weight
            );
        end if;
        v_most_minor := greatest(v_most_minor, v_part_minor);
        v_base_minor := v_base_minor + v_part_minor;
    end loop;
    return case when p_coupon.most_expensive_only then v_most_minor else v_base_minor end;
end;
$$;
alter function pricing.coupon_base(
    pricing.coupons, jsonb, bigint[], pricing.basket_item[], pricing.line[], pricing.fee_rules[],
    jsonb
) owner to pricing;
comment on function pricing.coupon_base(
    pricing.coupons, jsonb, bigint[], pricing.basket_item[], pricing.line[], pricing.fee_rules[],
    jsonb
) is
$$What there is of an order for a coupon to reduce, in minor units.

p_left: what discounts have left of each line. p_sections: an array of ids, null when it is for all.$$;
