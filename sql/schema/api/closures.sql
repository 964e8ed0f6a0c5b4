create view api.closures
with (security_invoker = true) as
select
    c.id,
    c.starts_on,
    c.ends_on,
    c.label
from studio.closures as c;
alter view api.closures owner to api;
grant select on api.closures to staff;
comment on view api.closures is
$$Days on which the studio is closed, first and last local day. For staff; managers add_closure.$$;
