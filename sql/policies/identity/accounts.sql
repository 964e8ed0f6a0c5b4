-- Platform table: a person is the same in every studio. Named functions read it, no API role does.

create policy accounts_identity_all on identity.accounts
for all to identity
using (
    true
)
with check (
    true
);

create policy accounts_auth_select on identity.accounts
for select to auth
using (
    true
);

create policy accounts_messaging_select on identity.accounts
for select to messaging
using (
    true
);

create policy accounts_payment_select on identity.accounts
for select to payment
using (
    true
);

grant select (id, status, token_version) on table identity.accounts to auth;
grant select (id, email, full_name, phone) on table identity.accounts to messaging;
grant select (id, full_name) on table identity.accounts to payment;
