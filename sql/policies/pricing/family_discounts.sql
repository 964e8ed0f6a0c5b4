create policy family_discounts_domain_all on pricing.family_discounts
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy family_discounts_staff_select on pricing.family_discounts
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.family_discounts to staff;
