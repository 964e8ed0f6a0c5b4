create policy program_prices_domain_all on pricing.program_prices
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy program_prices_staff_select on pricing.program_prices
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.program_prices to staff;
