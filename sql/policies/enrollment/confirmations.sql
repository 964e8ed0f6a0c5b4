-- Written by role confirmer alone, which owns the table; enrollment itself may only read it.

create policy confirmations_confirmer_insert on enrollment.confirmations
for insert to confirmer
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy confirmations_domain_select on enrollment.confirmations
for select to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy confirmations_staff_select on enrollment.confirmations
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.confirmations to enrollment;
grant select on table enrollment.confirmations to payment;
grant select on table enrollment.confirmations to staff;
