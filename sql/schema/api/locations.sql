create view api.locations
with (security_invoker = true) as
select
    l.id,
    l.name,
    l.address
from studio.locations as l;
alter view api.locations owner to api;
grant select on api.locations to anon;
grant select on api.locations to customer;
grant select on api.locations to instructor;
comment on view api.locations is
$$Where the studio teaches.

For everybody.$$;
