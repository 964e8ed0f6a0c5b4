create policy guardians_domain_all on identity.guardians
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy guardians_customer_select on identity.guardians
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy guardians_staff_select on identity.guardians
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table identity.guardians to auth;
grant select on table identity.guardians to payment;
grant select on table identity.guardians to messaging;
grant select on table identity.guardians to customer;
grant select on table identity.guardians to staff;
