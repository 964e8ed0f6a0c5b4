create policy registrations_domain_all on enrollment.registrations
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy registrations_customer_select on enrollment.registrations
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy registrations_staff_select on enrollment.registrations
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.registrations to pricing;
grant select on table enrollment.registrations to payment;
grant select on table enrollment.registrations to confirmer;
grant select on table enrollment.registrations to messaging;
grant select on table enrollment.registrations to customer;
grant select on table enrollment.registrations to staff;
