-- Platform table that only identity reads.

create policy credentials_identity_all on identity.credentials
for all to identity
using (
    true
)
with check (
    true
);
