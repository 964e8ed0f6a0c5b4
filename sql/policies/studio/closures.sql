create policy closures_domain_all on studio.closures
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy closures_staff_select on studio.closures
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table studio.closures to staff;
