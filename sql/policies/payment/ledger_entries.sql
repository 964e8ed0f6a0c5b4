create policy ledger_entries_domain_all on payment.ledger_entries
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy ledger_entries_customer_select on payment.ledger_entries
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
    and account in ('receivable', 'credits', 'unapplied')
);

create policy ledger_entries_staff_select on payment.ledger_entries
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.ledger_entries to customer;
grant select on table payment.ledger_entries to staff;

-- Only ever added to, also by its owner.
revoke update on table payment.ledger_entries from payment;
revoke delete on table payment.ledger_entries from payment;
revoke truncate on table payment.ledger_entries from payment;
