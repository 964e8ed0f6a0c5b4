create policy payment_plans_domain_all on pricing.payment_plans
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy payment_plans_staff_select on pricing.payment_plans
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.payment_plans to staff;
