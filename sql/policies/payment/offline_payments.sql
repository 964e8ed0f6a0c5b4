create policy offline_payments_domain_all on payment.offline_payments
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy offline_payments_customer_select on payment.offline_payments
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy offline_payments_staff_select on payment.offline_payments
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.offline_payments to confirmer;
grant select on table payment.offline_payments to messaging;
grant select on table payment.offline_payments to customer;
grant select on table payment.offline_payments to staff;
