create policy memberships_domain_all on studio.memberships
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy memberships_staff_select on studio.memberships
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table studio.memberships to messaging;
grant select on table studio.memberships to staff;
