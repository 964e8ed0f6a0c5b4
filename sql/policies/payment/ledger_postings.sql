create policy ledger_postings_domain_all on payment.ledger_postings
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy ledger_postings_customer_select on payment.ledger_postings
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy ledger_postings_staff_select on payment.ledger_postings
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.ledger_postings to customer;
grant select on table payment.ledger_postings to staff;

-- Only ever added to, also by its owner. A foreign key locks what it points at as the owner, who
-- needs a column to update for that: one that can't be given a value.
revoke update on table payment.ledger_postings from payment;
revoke delete on table payment.ledger_postings from payment;
revoke truncate on table payment.ledger_postings from payment;
grant update (id) on table payment.ledger_postings to payment;
