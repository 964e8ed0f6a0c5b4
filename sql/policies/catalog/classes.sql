create policy classes_domain_all on catalog.classes
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy classes_anon_select on catalog.classes
for select to anon
using (
    studio_id = (select auth.studio_id())
    and visibility = 'public'
    and term_id in (
        select t.id
        from catalog.terms as t
        where t.studio_id = (select auth.studio_id())
    )
);

create policy classes_customer_select on catalog.classes
for select to customer
using (
    studio_id = (select auth.studio_id())
    and visibility = 'public'
    and term_id in (
        select t.id
        from catalog.terms as t
        where t.studio_id = (select auth.studio_id())
    )
);

create policy classes_instructor_select on catalog.classes
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and visibility = 'public'
    and term_id in (
        select t.id
        from catalog.terms as t
        where t.studio_id = (select auth.studio_id())
    )
);

create policy classes_staff_select on catalog.classes
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.classes to pricing;
grant select on table catalog.classes to enrollment;
grant select on table catalog.classes to messaging;
grant select on table catalog.classes to anon;
grant select on table catalog.classes to customer;
grant select on table catalog.classes to instructor;
