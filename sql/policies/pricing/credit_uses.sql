create policy credit_uses_domain_all on pricing.credit_uses
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy credit_uses_customer_select on pricing.credit_uses
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy credit_uses_staff_select on pricing.credit_uses
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table pricing.credit_uses to enrollment;
grant select on table pricing.credit_uses to payment;
grant select on table pricing.credit_uses to customer;
grant select on table pricing.credit_uses to staff;
