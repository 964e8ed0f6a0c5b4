create policy gateway_calls_domain_all on payment.gateway_calls
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);
