create policy ledger_marks_domain_all on payment.ledger_marks
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);
