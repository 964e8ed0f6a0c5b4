create policy payment_reviews_domain_all on payment.payment_reviews
for all to domain
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
)
with check (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

create policy payment_reviews_customer_select on payment.payment_reviews
for select to customer
using (
    studio_id = (select auth.studio_id())
    and family_id = (select auth.family_id())
);

create policy payment_reviews_staff_select on payment.payment_reviews
for select to staff
using (
    studio_id = (select auth.studio_id())
    and family_id = coalesce((select auth.family_id()), family_id)
);

grant select on table payment.payment_reviews to customer;
grant select on table payment.payment_reviews to staff;
