create policy locations_domain_all on studio.locations
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy locations_anon_select on studio.locations
for select to anon
using (
    studio_id = (select auth.studio_id())
);

create policy locations_customer_select on studio.locations
for select to customer
using (
    studio_id = (select auth.studio_id())
);

create policy locations_instructor_select on studio.locations
for select to instructor
using (
    studio_id = (select auth.studio_id())
);

grant select on table studio.locations to pricing;
grant select on table studio.locations to messaging;
grant select on table studio.locations to anon;
grant select on table studio.locations to customer;
grant select on table studio.locations to instructor;
