create policy discount_sections_domain_all on pricing.discount_sections
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy discount_sections_staff_select on pricing.discount_sections
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.discount_sections to staff;
