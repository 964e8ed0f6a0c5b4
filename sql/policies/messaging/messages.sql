create policy messages_domain_all on messaging.messages
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

create policy messages_customer_select on messaging.messages
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy messages_staff_select on messaging.messages
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

grant select on table messaging.messages to customer;
grant select on table messaging.messages to staff;
