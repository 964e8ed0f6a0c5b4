create view api.carts
with (security_invoker = true) as
select
    c.id,
    c.family_id,
    c.term_id,
    c.status,
    c.created_at,
    c.uses_credit
from enrollment.carts as c;
alter view api.carts owner to api;
grant select on api.carts to customer;
grant select on api.carts to staff;
comment on view api.carts is
$$Carts: one open one for each term. uses_credit: as chosen with use_credit.

For the family and for staff.$$;
