create view api.credits
with (security_invoker = true) as
select
    c.id,
    c.family_id,
    c.amount_minor,
    s.spent_minor,
    c.amount_minor - s.spent_minor as left_minor,
    c.reason,
    c.registration_id,
    c.granted_at
from pricing.credits as c
cross join lateral (
    select coalesce(sum(u.amount_minor), 0)::bigint as spent_minor
    from pricing.credit_uses as u
    where
        u.studio_id = c.studio_id
        and u.family_id = c.family_id
        and u.credit_id = c.id
        and u.status in ('held', 'used')
) as s;
alter view api.credits owner to api;
grant select on api.credits to customer;
grant select on api.credits to staff;
comment on view api.credits is
$$Money that the studio keeps for a family: granted (amount_minor), spent and left, in minor units.

spent_minor: with what a checkout holds that is not paid yet. registration_id: the checkout it was
granted for. For the family and for staff.$$;
