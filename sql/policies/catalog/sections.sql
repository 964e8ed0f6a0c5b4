create policy sections_domain_all on catalog.sections
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy sections_anon_select on catalog.sections
for select to anon
using (
    studio_id = (select auth.studio_id())
    and class_id in (
        select c.id
        from catalog.classes as c
        where c.studio_id = (select auth.studio_id())
    )
);

create policy sections_customer_select on catalog.sections
for select to customer
using (
    studio_id = (select auth.studio_id())
    and class_id in (
        select c.id
        from catalog.classes as c
        where c.studio_id = (select auth.studio_id())
    )
);

create policy sections_instructor_select on catalog.sections
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and class_id in (
        select c.id
        from catalog.classes as c
        where c.studio_id = (select auth.studio_id())
    )
);

create policy sections_staff_select on catalog.sections
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.sections to pricing;
grant select on table catalog.sections to enrollment;
grant select on table catalog.sections to messaging;
grant select on table catalog.sections to anon;
grant select on table catalog.sections to customer;
grant select on table catalog.sections to instructor;
