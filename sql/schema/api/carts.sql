create view api.carts
with (security_invoker = true) as
select
    c.id,
    c.family_id,
    c.term_id,
    c.status,
    c.created_at,
    c.uses_credit,
    c.kind,
    c.hold_expires_at
from enrollment.carts as c;
alter view api.carts owner to api;
grant select on api.carts to customer;
grant select on api.carts to staff;
comment on view api.carts is
$$Carts: one open one for each term, and those with what is waited for (kind waitlist).

uses_credit: as chosen with use_credit. hold_expires_at: until when its seats are kept, where the
studio holds them from the cart; null: none is.

For the family and for staff.$$;
