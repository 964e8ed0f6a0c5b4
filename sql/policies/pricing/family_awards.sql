create policy family_awards_domain_all on pricing.family_awards
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy family_awards_staff_select on pricing.family_awards
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table pricing.family_awards to staff;
