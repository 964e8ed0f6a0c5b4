-- Platform table: an address is the same in every studio. Named functions read it, no role does.

create policy suppressions_messaging_all on messaging.suppressions
for all to messaging
using (
    true
)
with check (
    true
);
