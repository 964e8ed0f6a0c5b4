create policy carts_domain_all on enrollment.carts
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy carts_customer_select on enrollment.carts
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy carts_staff_select on enrollment.carts
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.carts to pricing;
grant select on table enrollment.carts to customer;
grant select on table enrollment.carts to staff;
