create policy meetings_domain_all on catalog.meetings
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy meetings_anon_select on catalog.meetings
for select to anon
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy meetings_customer_select on catalog.meetings
for select to customer
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy meetings_instructor_select on catalog.meetings
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy meetings_staff_select on catalog.meetings
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.meetings to pricing;
grant select on table catalog.meetings to enrollment;
grant select on table catalog.meetings to messaging;
grant select on table catalog.meetings to anon;
grant select on table catalog.meetings to customer;
grant select on table catalog.meetings to instructor;
