-- Platform table: a notice names its merchant account before a studio is in scope.

create policy merchant_accounts_payment_all on payment.merchant_accounts
for all to payment
using (
    true
)
with check (
    true
);
