create policy discounts_domain_all on pricing.discounts
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy discounts_staff_select on pricing.discounts
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.discounts to staff;
