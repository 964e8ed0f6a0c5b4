create policy add_ons_domain_all on pricing.add_ons
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy add_ons_anon_select on pricing.add_ons
for select to anon
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy add_ons_customer_select on pricing.add_ons
for select to customer
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy add_ons_instructor_select on pricing.add_ons
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy add_ons_staff_select on pricing.add_ons
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.add_ons to enrollment;
grant select on table pricing.add_ons to anon;
grant select on table pricing.add_ons to customer;
grant select on table pricing.add_ons to instructor;
