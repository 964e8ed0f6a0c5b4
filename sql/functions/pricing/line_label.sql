create or replace function pricing.line_label(
    p_line pricing.line,
    p_name text,
    p_title text,
    p_price_list text,
    p_is_one_of_several boolean
)
returns text
language plpgsql
stable
as $$
declare
    v_basis constant jsonb := p_line.basis;
begin
    case p_line.kind
        when 'tuition' then
            return concat(
                'Tuition, ', p_name, ', ', v_basis ->> 'weekly_count',
                case v_basis ->> 'basis'
                    when 'distinct_weekdays' then ' day' else ' weekly meeting'
                end,
                case when v_basis ->> 'weekly_count' <> '1' then 's' end,
                case when v_basis ->> 'basis' = 'distinct_weekdays' then ' a week' end,
                ', price list of ' || p_price_list,
                case
                    when v_basis ->> 'enrolled_count' <> '0'
                        then format(', less %s paid before', v_basis ->> 'enrolled_count')
                end,
                case
                    when v_basis ? 'apart_minor' then ', no less than for a part of the classes'
                end,
                case
                    when p_is_one_of_several
                        then to_char(
                            to_date(v_basis ->> 'starts_on', 'YYYY-MM-DD'), '", from" Mon FMDD'
                        )
                end,
                pricing.left_words(v_basis)
            );
        when 'program' then
            return p_name || ', set price';
        when 'override' then
            return p_title || case p_line.rule_table
                when 'pricing.class_prices' then ', set price'
                else ', price set by the studio'
            end;
        when 'tier' then
            return concat(p_title, ', ', p_name);
        when 'drop_in' then
            return format(
                '%s, %s date%s: %s',
                p_title,
                jsonb_array_length(v_basis -> 'dates'),
                case when jsonb_array_length(v_basis -> 'dates') <> 1 then 's' else '' end,
                studio.dates_text(
                    array(
                        select to_date(d.value ->> 'held_on', 'YYYY-MM-DD')
                        from jsonb_array_elements(v_basis -> 'dates') as d
                    )
                )
            );
        when 'fee' then
            return concat(
                p_name,
                case when v_basis ->> 'units' <> '1' then ' × ' || (v_basis ->> 'units') end,
                pricing.left_words(v_basis)
            );
        when 'family_discount' then
            return format('Family discount, %s students', v_basis ->> 'students');
        when 'plan_fee' then
            return concat(p_name, ', fee for ', v_basis ->> 'installments', ' payments');
        when 'add_on' then
            return concat(p_name, ', ', p_title);
        when 'adjustment' then
            return coalesce(p_name, 'Price set by the studio');
        when 'credit' then
            return 'Credit';
        else
            -- Of a discount or a coupon: how much of what it reduces.
            return p_name || coalesce(
                ', ' || trim_scale((v_basis ->> 'percent_bp')::numeric / 100) || ' % off', ''
            );
    end case;
end;
$$;
alter function pricing.line_label(pricing.line, text, text, text, boolean) owner to pricing;
comment on function pricing.line_label(pricing.line, text, text, text, boolean) is
$$One line of a price in words that a parent can read.

p_name: pricing.line_name(). p_title: of its class, where it has one. p_price_list: the location
whose list it is, null for that of all others. p_is_one_of_several: the student has tuition for more
than one part of the term, so the line says from when it is.$$;
