-- Platform table: the studio in scope for all, every one for auth, which finds it by its slug.

create policy studios_studio_all on studio.studios
for all to studio
using (
    true
)
with check (
    true
);

create policy studios_auth_select on studio.studios
for select to auth
using (
    true
);

create policy studios_domain_select on studio.studios
for select to domain
using (
    id = (select auth.studio_id())
);

create policy studios_anon_select on studio.studios
for select to anon
using (
    id = (select auth.studio_id())
);

create policy studios_customer_select on studio.studios
for select to customer
using (
    id = (select auth.studio_id())
);

create policy studios_instructor_select on studio.studios
for select to instructor
using (
    id = (select auth.studio_id())
);

grant select on table studio.studios to auth;
grant select on table studio.studios to catalog;
grant select on table studio.studios to enrollment;
grant select on table studio.studios to messaging;
grant select on table studio.studios to anon;
grant select on table studio.studios to customer;
grant select on table studio.studios to instructor;
