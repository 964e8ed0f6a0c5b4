-- Platform table: a notice is recorded before it is known whose it is.

create policy gateway_events_payment_all on payment.gateway_events
for all to payment
using (
    true
)
with check (
    true
);
