create policy divisions_domain_all on catalog.divisions
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy divisions_anon_select on catalog.divisions
for select to anon
using (
    studio_id = (select auth.studio_id())
);

create policy divisions_customer_select on catalog.divisions
for select to customer
using (
    studio_id = (select auth.studio_id())
);

create policy divisions_instructor_select on catalog.divisions
for select to instructor
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.divisions to pricing;
grant select on table catalog.divisions to enrollment;
grant select on table catalog.divisions to anon;
grant select on table catalog.divisions to customer;
grant select on table catalog.divisions to instructor;
