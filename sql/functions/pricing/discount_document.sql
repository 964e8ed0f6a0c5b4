create or replace function pricing.discount_document(
    p_discount pricing.discounts, p_section_ids bigint[]
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return jsonb_build_object(
        'code', p_discount.code,
        'label', p_discount.label,
        'category', p_discount.category,
        'threshold', p_discount.threshold,
        'recipients', p_discount.recipients,
        'kind', p_discount.kind,
        'percent_bp', p_discount.percent_bp,
        'amount_minor', p_discount.amount_minor,
        'reduces_tuition', p_discount.reduces_tuition,
        'reduces_fees', p_discount.reduces_fees,
        'reduces_programs', p_discount.reduces_programs,
        'available_from', p_discount.available_from,
        'available_until', p_discount.available_until,
        'position', p_discount.position,
        'section_ids', array(
            select distinct s.id from unnest(p_section_ids) as s (id) order by s.id
        )
    );
end;
$$;
alter function pricing.discount_document(pricing.discounts, bigint[]) owner to pricing;
comment on function pricing.discount_document(pricing.discounts, bigint[]) is
$$A discount as staff read and save it; two that are equal are the same rule.$$;
