create or replace function pricing.coupon_document(
    p_coupon pricing.coupons, p_section_ids bigint[]
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
        'key', p_coupon.key,
        'name', p_coupon.name,
        'code', upper(btrim(p_coupon.code)),
        'kind', p_coupon.kind,
        'percent_bp', p_coupon.percent_bp,
        'amount_minor', p_coupon.amount_minor,
        'available_from', p_coupon.available_from,
        'available_until', p_coupon.available_until,
        'max_uses', p_coupon.max_uses,
        'max_uses_per_family', p_coupon.max_uses_per_family,
        'stackable', p_coupon.stackable,
        'applies_to', array(
            select distinct a.class from unnest(p_coupon.applies_to) as a (class) order by a.class
        ),
        'most_expensive_only', p_coupon.most_expensive_only,
        'active', p_coupon.active,
        'section_ids', array(
            select distinct s.id from unnest(p_section_ids) as s (id) order by s.id
        )
    );
end;
$$;
alter function pricing.coupon_document(pricing.coupons, bigint[]) owner to pricing;
comment on function pricing.coupon_document(pricing.coupons, bigint[]) is
$$A coupon as staff read and save it; two that are equal are the same rule.$$;
