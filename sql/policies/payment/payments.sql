create policy payments_domain_all on payment.payments
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy payments_customer_select on payment.payments
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy payments_staff_select on payment.payments
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.payments to enrollment;
grant select on table payment.payments to pricing;
grant select on table payment.payments to confirmer;
grant select on table payment.payments to messaging;
grant select (
    studio_id, id, family_id, registration_id, amount_minor, currency, status, session_ends_at,
    created_at, installment_id
) on table payment.payments to customer;
grant select on table payment.payments to staff;
