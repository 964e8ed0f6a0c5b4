create policy ledger_totals_domain_all on payment.ledger_totals
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

-- Only ever added to, also by its owner.
revoke update on table payment.ledger_totals from payment;
revoke delete on table payment.ledger_totals from payment;
revoke truncate on table payment.ledger_totals from payment;
