create policy batch_cursors_domain_all on payment.batch_cursors
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);
