create policy waiver_sections_domain_all on enrollment.waiver_sections
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy waiver_sections_customer_select on enrollment.waiver_sections
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy waiver_sections_staff_select on enrollment.waiver_sections
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.waiver_sections to customer;
grant select on table enrollment.waiver_sections to staff;
