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

-- Of guardians and of the studio's own people: whose row security shows those of the scope.
create policy accounts_messaging_select on identity.accounts
for select to messaging
using (
    id in (select g.account_id from identity.guardians as g)
    or id in (select m.account_id from studio.memberships as m)
);

create policy accounts_payment_select on identity.accounts
for select to payment
using (
    id in (select g.account_id from identity.guardians as g)
);

grant select (id, status, token_version) on table identity.accounts to auth;
grant select (id, email, full_name, phone) on table identity.accounts to messaging;
grant select (id, full_name) on table identity.accounts to payment;
