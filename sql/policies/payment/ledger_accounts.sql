-- Platform table: the accounts are the same at every studio.

create policy ledger_accounts_payment_all on payment.ledger_accounts
for all to payment
using (
    true
)
with check (
    true
);
