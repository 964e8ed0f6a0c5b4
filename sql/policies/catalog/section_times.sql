create policy section_times_domain_all on catalog.section_times
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy section_times_anon_select on catalog.section_times
for select to anon
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_times_customer_select on catalog.section_times
for select to customer
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_times_instructor_select on catalog.section_times
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_times_staff_select on catalog.section_times
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.section_times to pricing;
grant select on table catalog.section_times to enrollment;
grant select on table catalog.section_times to messaging;
grant select on table catalog.section_times to anon;
grant select on table catalog.section_times to customer;
grant select on table catalog.section_times to instructor;
