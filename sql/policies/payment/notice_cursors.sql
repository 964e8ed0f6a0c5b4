create policy notice_cursors_domain_all on payment.notice_cursors
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);
