create view api.studios
with (security_invoker = true) as
select
    s.slug,
    s.name,
    s.timezone,
    s.currency
from studio.studios as s;
alter view api.studios owner to api;
grant select on api.studios to anon;
grant select on api.studios to customer;
grant select on api.studios to instructor;
comment on view api.studios is
$$The studio in scope: name, zone and currency (ISO 4217; every *_minor counts its minor units).

For everybody.$$;
