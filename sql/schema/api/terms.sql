create view api.terms
with (security_invoker = true) as
select
    t.id,
    t.name,
    t.starts_on,
    t.ends_on,
    t.registration_opens_at,
    t.registration_closes_at,
    t.status
from catalog.terms as t;
alter view api.terms owner to api;
grant select on api.terms to anon;
grant select on api.terms to customer;
grant select on api.terms to instructor;
comment on view api.terms is
$$Seasons for which families enroll.

For everybody; staff also see drafts and archived ones.$$;
