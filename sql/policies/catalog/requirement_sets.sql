create policy requirement_sets_domain_all on catalog.requirement_sets
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy requirement_sets_staff_select on catalog.requirement_sets
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.requirement_sets to staff;
