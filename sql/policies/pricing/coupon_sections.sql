create policy coupon_sections_domain_all on pricing.coupon_sections
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy coupon_sections_staff_select on pricing.coupon_sections
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.coupon_sections to staff;
