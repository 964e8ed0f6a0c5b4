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
    -- What those who run the studio are told about a family is not for it.
    and account_id in (
        select g.account_id
        from identity.guardians as g
        where
            g.studio_id = (select auth.studio_id())
            and g.family_id = (select auth.family_id())
    )
);

create policy messages_staff_select on messaging.messages
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id is not distinct from coalesce((select auth.family_id()), family_id)
);

grant select on table messaging.messages to customer;
grant select on table messaging.messages to staff;
