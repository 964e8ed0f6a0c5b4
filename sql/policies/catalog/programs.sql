create policy programs_domain_all on catalog.programs
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy programs_anon_select on catalog.programs
for select to anon
using (
    studio_id = (select auth.studio_id())
);

create policy programs_customer_select on catalog.programs
for select to customer
using (
    studio_id = (select auth.studio_id())
);

create policy programs_instructor_select on catalog.programs
for select to instructor
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.programs to pricing;
grant select on table catalog.programs to anon;
grant select on table catalog.programs to customer;
grant select on table catalog.programs to instructor;
