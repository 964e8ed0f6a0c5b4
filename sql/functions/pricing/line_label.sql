create or replace function pricing.line_label(
    p_kind text,
    p_code text,
    p_section_id bigint,
    p_basis jsonb,
    p_rule_table text,
    p_rule_id bigint,
    p_name text,
    p_title text,
    p_is_one_of_several boolean
)
returns text
language plpgsql
stable
as $$
declare
    v_price_list text;
    v_name text;
begin
    -- Most frequent kinds first: a condition is prepared when it is first reached.
    case p_kind
        when 'fee' then
            return concat(
                p_name,
                case when p_basis ->> 'units' <> '1' then ' × ' || (p_basis ->> 'units') end,
                case
                    when p_basis ?| array['meetings_left', 'days_left']
                        then pricing.left_words(p_basis)
                end
            );
        when 'discount', 'coupon' then
            if p_kind = 'coupon' then
                select coalesce('Coupon ' || c.code, c.name) into v_name
                from pricing.coupons as c
                where c.studio_id = auth.studio_id() and c.id = p_rule_id;
            end if;
            -- How much it takes off what it reduces.
            return coalesce(v_name, p_name) || coalesce(
                ', ' || trim_scale((p_basis ->> 'percent_bp')::numeric / 100) || ' % off', ''
            );
        when 'tuition' then
            if p_basis ? 'location_id' then
                select o.name into v_price_list
                from studio.locations as o
                where
                    o.studio_id = auth.studio_id()
                    and o.id = (p_basis -> 'location_id')::bigint;
            end if;
            return concat(
                'Tuition, ', p_name, ', ', p_basis ->> 'weekly_count',
                case p_basis ->> 'basis'
                    when 'distinct_weekdays' then ' day' else ' weekly meeting'
                end,
                case when p_basis ->> 'weekly_count' <> '1' then 's' end,
                case when p_basis ->> 'basis' = 'distinct_weekdays' then ' a week' end,
                ', price list of ' || v_price_list,
                case
                    when p_basis ->> 'enrolled_count' <> '0'
                        then format(', less %s paid before', p_basis ->> 'enrolled_count')
                end,
                case
                    when p_basis ? 'apart_minor' then ', no less than for a part of the classes'
                end,
                case
                    when p_is_one_of_several
                        then to_char(
                            to_date(p_basis ->> 'starts_on', 'YYYY-MM-DD'), '", from" Mon FMDD'
                        )
                end,
                case
                    when p_basis ?| array['meetings_left', 'days_left']
                        then pricing.left_words(p_basis)
                end
            );
        when 'add_on' then
            return concat(p_name, ', ', p_title);
        when 'program' then
            return p_name || ', set price';
        when 'family_discount' then
            return format('Family discount, %s students', p_basis ->> 'students');
        when 'plan_fee' then
            return concat(p_name, ', fee for ', p_basis ->> 'installments', ' payments');
        when 'override' then
            return p_title || case p_rule_table
                when 'pricing.class_prices' then ', set price'
                else ', price set by the studio'
            end;
        when 'tier' then
            select t.name into v_name
            from catalog.section_tiers as t
            where
                t.studio_id = auth.studio_id()
                and t.section_id = p_section_id
                and t.code = p_code;
            return concat(p_title, ', ', v_name);
        when 'drop_in' then
            return format(
                '%s, %s date%s: %s',
                p_title,
                jsonb_array_length(p_basis -> 'dates'),
                case when jsonb_array_length(p_basis -> 'dates') <> 1 then 's' else '' end,
                studio.dates_text(
                    array(
                        select to_date(d.value ->> 'held_on', 'YYYY-MM-DD')
                        from jsonb_array_elements(p_basis -> 'dates') as d
                    )
                )
            );
        when 'adjustment' then
            select a.label into v_name
            from pricing.adjustments as a
            where
                p_rule_table = 'pricing.adjustments'
                and a.studio_id = auth.studio_id()
                and a.id = p_rule_id;
            return coalesce(v_name, 'Price set by the studio');
        when 'credit' then
            return 'Credit';
        else
            return p_name;
    end case;
end;
$$;
alter function pricing.line_label(
    text, text, bigint, jsonb, text, bigint, text, text, boolean
) owner to pricing;
comment on function pricing.line_label(
    text, text, bigint, jsonb, text, bigint, text, text, boolean
) is
$$One line of a price in words that a parent can read.

Called for each line by pricing.line_labels(). p_name: of its rule, or of the division or program it is
for. p_title: of its class, where it has one. p_is_one_of_several: the student has tuition for more
than one part of the term, so the line says from when it is.$$;
