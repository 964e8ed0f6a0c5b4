create policy class_prices_domain_all on pricing.class_prices
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy class_prices_staff_select on pricing.class_prices
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.class_prices to staff;
