-- Platform table: what is told is recorded before it is known whose it is.

create policy receipts_messaging_all on messaging.receipts
for all to messaging
using (
    true
)
with check (
    true
);
