create policy students_domain_all on identity.students
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy students_customer_select on identity.students
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy students_staff_select on identity.students
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table identity.students to pricing;
grant select on table identity.students to enrollment;
grant select on table identity.students to messaging;
grant select on table identity.students to customer;
grant select on table identity.students to staff;
