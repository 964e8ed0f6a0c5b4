create policy rates_domain_all on pricing.rates
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy rates_staff_select on pricing.rates
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.rates to staff;
