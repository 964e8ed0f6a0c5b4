create or replace function pricing.coupon_lines(
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_total_minor bigint,
    p_order pricing.basket_order,
    p_coupons pricing.coupons[],
    p_coupon_sections jsonb,
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb,
    p_as_of timestamptz
)
returns pricing.line[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_code constant text := upper(p_order.coupon_code);
    v_coupon pricing.coupons;
    v_line pricing.line;
    v_parts jsonb;
    v_number integer;
    -- Of each line: what it is to a coupon, what discounts have left of it.
    v_groups text [] := array[]::text[];
    v_left bigint [] := array[]::bigint[];
    v_is_discounted boolean := false;
    v_use jsonb;
    v_is_found boolean := false;
    v_refusal text;
    v_sections jsonb;
    v_share record;
    v_part_minor bigint;
    v_base_minor bigint;
    v_saved_minor bigint;
    v_best pricing.coupons;
    v_best_base_minor bigint;
    v_best_saved_minor bigint := 0::bigint;
begin
    -- An order that nothing is known of enters no code, and none applies to it by itself.
    if p_order.cart_id is null then
        return array[]::pricing.line[];
    end if;
    foreach v_line in array p_lines
    loop
        v_groups := array_append(
            v_groups,
            case
                when v_line.kind in ('tuition', 'program', 'override', 'tier', 'drop_in')
                    then 'tuition'
                when v_line.kind = 'fee' and v_line.code = 'registration' then 'registration'
                when v_line.kind = 'fee' then 'recital'
                else ''
            end
        );
        v_left := array_append(v_left, v_line.amount_minor);
        if v_line.kind = 'discount' then
            v_is_discounted := true;
            v_parts := v_line.basis -> 'parts';
            for v_place in 0..jsonb_array_length(v_parts) - 1
            loop
                v_number := (v_parts -> v_place -> 'line_number')::integer;
                v_left[v_number]
                := v_left[v_number] - (v_parts -> v_place -> 'amount_minor')::bigint;
            end loop;
        end if;
    end loop;

    foreach v_coupon in array p_coupons
    loop
        continue when v_coupon.code is distinct from v_code
        or (v_code is null and v_coupon.term_id <> p_order.term_id);
        v_is_found := true;
        v_base_minor := 0::bigint;
        v_use := null;
        -- One of another term has nothing to reduce here.
        if v_coupon.term_id = p_order.term_id then
            v_sections := p_coupon_sections -> v_coupon.id::text;
            for v_place in 1..cardinality(v_left)
            loop
                v_part_minor := v_left[v_place];
                continue when
                    v_part_minor <= 0 or v_groups[v_place] <> all(v_coupon.applies_to);
                if v_sections is not null then
                    -- Of a line for several sections, the share of those it is limited to.
                    v_share := pricing.line_share(
                        v_place, v_sections, p_items, p_lines, p_fee_rules, p_program_prices
                    );
                    continue when v_share.weight = 0;
                    v_part_minor := pricing.round_minor(
                        v_part_minor::numeric * v_share.weight / v_share.full_weight
                    );
                end if;
                v_base_minor := case
                    when v_coupon.most_expensive_only then greatest(v_base_minor, v_part_minor)
                    else v_base_minor + v_part_minor
                end;
            end loop;
            v_use := jsonb_path_query_first(
                p_order.coupon_uses,
                '$[*] ? (@.key == $key)',
                jsonb_build_object('key', v_coupon.key)
            );
        end if;
        v_saved_minor := least(
            v_base_minor,
            p_total_minor,
            case v_coupon.kind
                when 'percent'
                    then pricing.round_minor(v_base_minor::numeric * v_coupon.percent_bp / 10000)
                else v_coupon.amount_minor
            end
        );
        v_refusal := case
            when not v_coupon.active then 'coupon_inactive'
            when p_as_of < v_coupon.available_from then 'coupon_not_yet_valid'
            when p_as_of >= v_coupon.available_until then 'coupon_expired'
            when (v_use ->> 'uses')::bigint >= v_coupon.max_uses then 'coupon_used_up'
            when (v_use ->> 'family_uses')::bigint >= v_coupon.max_uses_per_family
                then 'coupon_used_by_family'
            when v_saved_minor <= 0 then 'coupon_not_applicable'
            when not v_coupon.stackable and v_is_discounted then 'coupon_not_stackable'
        end;
        if v_refusal is not null then
            -- One that applies by itself is simply not taken where it would be refused.
            continue when v_code is null;
            perform ops.fail(
                v_refusal, jsonb_build_object('coupon_code', p_order.coupon_code)
            );
        end if;
        if
            v_saved_minor > v_best_saved_minor
            or (v_saved_minor = v_best_saved_minor and v_coupon.key < v_best.key)
        then
            v_best := v_coupon;
            v_best_base_minor := v_base_minor;
            v_best_saved_minor := v_saved_minor;
        end if;
    end loop;

    if v_best_saved_minor > 0 then
        return array[
            (
                p_order.cart_id,
                null,
                'coupon',
                v_best.key,
                null,
                jsonb_strip_nulls(
                    jsonb_build_object(
                        'base_minor', v_best_base_minor,
                        'applies_to', v_best.applies_to,
                        'percent_bp', v_best.percent_bp,
                        'discount_minor', v_best.amount_minor
                    )
                ),
                - v_best_saved_minor,
                'pricing.coupons',
                v_best.id,
                v_best.version
            )::pricing.line
        ];
    elsif v_code is not null and not v_is_found then
        perform ops.fail(
            'coupon_not_found', jsonb_build_object('coupon_code', p_order.coupon_code)
        );
    end if;
    return array[]::pricing.line[];
end;
$$;
alter function pricing.coupon_lines(
    pricing.basket_item[], pricing.line[], bigint, pricing.basket_order, pricing.coupons[], jsonb,
    pricing.fee_rules[], jsonb, timestamptz
) owner to pricing;
comment on function pricing.coupon_lines(
    pricing.basket_item[], pricing.line[], bigint, pricing.basket_order, pricing.coupons[], jsonb,
    pricing.fee_rules[], jsonb, timestamptz
) is
$$Family stage: the one coupon of an order: by the code entered, or else the best that applies.

Of those that apply by themselves the one that saves most, ties by key. Never more than there is
left to pay, p_total_minor. p_coupons: of the instant, also other orders'. p_coupon_sections: {id of
a coupon: [ids of sections]} of those that are limited to sections. A code that is entered and does
not apply is an error: coupon_not_found, coupon_inactive, coupon_not_yet_valid, coupon_expired,
coupon_used_up, coupon_used_by_family, coupon_not_applicable, coupon_not_stackable.$$;
