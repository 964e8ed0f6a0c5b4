create policy delivery_attempts_domain_all on messaging.delivery_attempts
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy delivery_attempts_staff_select on messaging.delivery_attempts
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table messaging.delivery_attempts to staff;
