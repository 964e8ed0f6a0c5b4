create view api.class_prices
with (security_invoker = true) as
select
    p.id,
    p.class_id,
    p.amount_minor,
    p.reason,
    p.set_by
from pricing.class_prices as p
where p.superseded_at is null;
alter view api.class_prices owner to api;
grant select on api.class_prices to staff;
comment on view api.class_prices is
$$Flat tuition of a class for everybody, in place of the rate table. amount_minor: minor units.

For staff; set with save_class_prices.$$;
