create policy ledger_periods_domain_all on payment.ledger_periods
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

-- Only ever added to, also by its owner.
revoke update on table payment.ledger_periods from payment;
revoke delete on table payment.ledger_periods from payment;
revoke truncate on table payment.ledger_periods from payment;
