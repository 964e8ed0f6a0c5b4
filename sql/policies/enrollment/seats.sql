create policy seats_domain_all on enrollment.seats
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

create policy seats_staff_select on enrollment.seats
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.seats to staff;
