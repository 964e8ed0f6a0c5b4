create policy charge_summaries_domain_all on payment.charge_summaries
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);
