create policy stored_methods_domain_all on payment.stored_methods
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy stored_methods_customer_select on payment.stored_methods
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy stored_methods_staff_select on payment.stored_methods
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select (
    studio_id, id, family_id, card_scheme, card_last4, expires_on, status, created_at
) on table payment.stored_methods to customer;
grant select (
    studio_id, id, family_id, card_scheme, card_last4, expires_on, status, created_at
) on table payment.stored_methods to staff;
