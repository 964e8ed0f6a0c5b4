create view api.error_codes
with (security_invoker = true) as
select
    r.code,
    r.status,
    r.message
from ops.error_register() as r;
alter view api.error_codes owner to api;
grant select on api.error_codes to anon;
grant select on api.error_codes to customer;
grant select on api.error_codes to instructor;
comment on view api.error_codes is
$$Every error code of the API with its HTTP status and sentence; {names} are filled from details.

For everybody.$$;
