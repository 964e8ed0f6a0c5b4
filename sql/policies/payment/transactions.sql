create policy transactions_domain_all on payment.transactions
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy transactions_staff_select on payment.transactions
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.transactions to confirmer;
grant select on table payment.transactions to messaging;
grant select on table payment.transactions to staff;
