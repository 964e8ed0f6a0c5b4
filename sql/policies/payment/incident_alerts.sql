create policy incident_alerts_domain_all on payment.incident_alerts
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

grant select on table payment.incident_alerts to messaging;
