create policy coupons_domain_all on pricing.coupons
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy coupons_staff_select on pricing.coupons
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.coupons to staff;
