create policy terms_domain_all on catalog.terms
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy terms_anon_select on catalog.terms
for select to anon
using (
    studio_id = (select auth.studio_id())
    and status = 'published'
);

create policy terms_customer_select on catalog.terms
for select to customer
using (
    studio_id = (select auth.studio_id())
    and status = 'published'
);

create policy terms_instructor_select on catalog.terms
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and status = 'published'
);

create policy terms_staff_select on catalog.terms
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.terms to enrollment;
grant select on table catalog.terms to pricing;
grant select on table catalog.terms to messaging;
grant select on table catalog.terms to anon;
grant select on table catalog.terms to customer;
grant select on table catalog.terms to instructor;
