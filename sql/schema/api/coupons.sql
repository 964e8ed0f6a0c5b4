create view api.coupons
with (security_invoker = true) as
select
    c.term_id,
    c.key,
    c.name,
    c.code,
    c.kind,
    c.percent_bp,
    c.amount_minor,
    c.available_from,
    c.available_until,
    c.max_uses,
    c.max_uses_per_family,
    c.stackable,
    c.applies_to,
    c.most_expensive_only,
    c.active,
    array(
        select s.section_id
        from pricing.coupon_sections as s
        where s.studio_id = c.studio_id and s.coupon_id = c.id
        order by s.section_id
    ) as section_ids,
    (
        select count(*)
        from pricing.coupons as x
        inner join pricing.coupon_redemptions as u
            on x.studio_id = u.studio_id and x.id = u.coupon_id
        where
            x.studio_id = c.studio_id
            and x.term_id = c.term_id
            and x.key = c.key
            and u.status in ('held', 'used')
    ) as uses,
    c.version
from pricing.coupons as c
where c.superseded_at is null;
alter view api.coupons owner to api;
grant select on api.coupons to staff;
comment on view api.coupons is
$$The coupons of terms as they are now, in the columns of save_coupons, and how often they are used.

percent_bp: basis points; amount_minor: minor units. uses: held for a checkout or used; of the one
family where X-Family names it. section_ids: what it is limited to, all when empty. For staff.$$;
