create policy templates_domain_all on messaging.templates
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy templates_staff_select on messaging.templates
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table messaging.templates to staff;
