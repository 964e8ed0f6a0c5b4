create view api.families
with (security_invoker = true) as
select
    f.id,
    f.name
from identity.families as f;
alter view api.families owner to api;
grant select on api.families to customer;
grant select on api.families to staff;
comment on view api.families is
$$One's own family; staff see the studio's families.$$;
