create policy enrollments_domain_all on enrollment.enrollments
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy enrollments_customer_select on enrollment.enrollments
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy enrollments_staff_select on enrollment.enrollments
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.enrollments to pricing;
grant select on table enrollment.enrollments to messaging;
grant select on table enrollment.enrollments to payment;
grant select on table enrollment.enrollments to customer;
grant select on table enrollment.enrollments to staff;
