create policy rule_sets_domain_all on pricing.rule_sets
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy rule_sets_staff_select on pricing.rule_sets
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.rule_sets to staff;
