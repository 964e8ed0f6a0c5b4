create policy fee_exemptions_domain_all on pricing.fee_exemptions
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy fee_exemptions_staff_select on pricing.fee_exemptions
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.fee_exemptions to staff;
