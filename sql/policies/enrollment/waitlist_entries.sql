create policy waitlist_entries_domain_all on enrollment.waitlist_entries
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy waitlist_entries_customer_select on enrollment.waitlist_entries
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy waitlist_entries_staff_select on enrollment.waitlist_entries
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.waitlist_entries to messaging;
grant select on table enrollment.waitlist_entries to customer;
grant select on table enrollment.waitlist_entries to staff;
