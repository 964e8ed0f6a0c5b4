create policy incident_notes_domain_all on payment.incident_notes
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

create policy incident_notes_staff_select on payment.incident_notes
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

grant select on table payment.incident_notes to staff;
