create policy cart_items_domain_all on enrollment.cart_items
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy cart_items_customer_select on enrollment.cart_items
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy cart_items_staff_select on enrollment.cart_items
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table enrollment.cart_items to pricing;
grant select on table enrollment.cart_items to customer;
grant select on table enrollment.cart_items to staff;
