-- Platform table that only identity reads.

create policy sign_in_attempts_identity_all on identity.sign_in_attempts
for all to identity
using (
    true
)
with check (
    true
);
