create policy requirement_options_domain_all on catalog.requirement_options
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy requirement_options_anon_select on catalog.requirement_options
for select to anon
using (
    studio_id = (select auth.studio_id())
    and requirement_id in (
        select r.id
        from catalog.requirements as r
        where r.studio_id = (select auth.studio_id())
    )
);

create policy requirement_options_customer_select on catalog.requirement_options
for select to customer
using (
    studio_id = (select auth.studio_id())
    and requirement_id in (
        select r.id
        from catalog.requirements as r
        where r.studio_id = (select auth.studio_id())
    )
);

create policy requirement_options_instructor_select on catalog.requirement_options
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and requirement_id in (
        select r.id
        from catalog.requirements as r
        where r.studio_id = (select auth.studio_id())
    )
);

create policy requirement_options_staff_select on catalog.requirement_options
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.requirement_options to enrollment;
grant select on table catalog.requirement_options to anon;
grant select on table catalog.requirement_options to customer;
grant select on table catalog.requirement_options to instructor;
