create policy families_domain_all on identity.families
for all to domain
using (
    studio_id = (select auth.studio_id())
    and id = coalesce((select auth.family_id()), id)
)
with check (
    studio_id = (select auth.studio_id())
);

create policy families_customer_select on identity.families
for select to customer
using (
    studio_id = (select auth.studio_id())
    and id = (select auth.family_id())
);

create policy families_staff_select on identity.families
for select to staff
using (
    studio_id = (select auth.studio_id())
    and id = coalesce((select auth.family_id()), id)
);

grant select on table identity.families to auth;
grant select on table identity.families to pricing;
grant select on table identity.families to enrollment;
grant select on table identity.families to payment;
grant select on table identity.families to messaging;
grant select on table identity.families to customer;
grant select on table identity.families to staff;
