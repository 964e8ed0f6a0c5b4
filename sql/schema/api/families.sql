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
$$Families by name: one's own, or the studio's.

For the family and for staff.$$;
