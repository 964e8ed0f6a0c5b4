create policy section_tiers_domain_all on catalog.section_tiers
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy section_tiers_anon_select on catalog.section_tiers
for select to anon
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_tiers_customer_select on catalog.section_tiers
for select to customer
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_tiers_instructor_select on catalog.section_tiers
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy section_tiers_staff_select on catalog.section_tiers
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.section_tiers to pricing;
grant select on table catalog.section_tiers to enrollment;
grant select on table catalog.section_tiers to messaging;
grant select on table catalog.section_tiers to anon;
grant select on table catalog.section_tiers to customer;
grant select on table catalog.section_tiers to instructor;
