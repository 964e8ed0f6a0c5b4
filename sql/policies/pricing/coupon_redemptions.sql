create policy coupon_redemptions_domain_all on pricing.coupon_redemptions
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy coupon_redemptions_staff_select on pricing.coupon_redemptions
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table pricing.coupon_redemptions to staff;
