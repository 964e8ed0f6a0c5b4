create policy fee_rules_domain_all on pricing.fee_rules
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy fee_rules_staff_select on pricing.fee_rules
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.fee_rules to staff;
