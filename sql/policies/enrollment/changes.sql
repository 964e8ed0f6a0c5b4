create policy changes_domain_all on enrollment.changes
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy changes_customer_select on enrollment.changes
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy changes_staff_select on enrollment.changes
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.changes to payment;
grant select on table enrollment.changes to customer;
grant select on table enrollment.changes to staff;
