-- Platform table that only identity reads.

create policy signing_keys_identity_select on identity.signing_keys
for select to identity
using (
    true
);

create policy signing_keys_identity_insert on identity.signing_keys
for insert to identity
with check (
    true
);
