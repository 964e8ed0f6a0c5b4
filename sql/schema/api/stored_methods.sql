create view api.stored_methods
with (security_invoker = true) as
select
    m.id,
    m.family_id,
    m.card_scheme,
    m.card_last4,
    m.expires_on,
    m.status,
    m.created_at
from payment.stored_methods as m
where m.status <> 'removed';
alter view api.stored_methods owner to api;
grant select on api.stored_methods to customer;
grant select on api.stored_methods to staff;
comment on view api.stored_methods is
$$The cards that the gateway keeps for a family. expires_on: last day on which one is valid.

status: active, unusable (the gateway no longer knows it). For the family and for staff;
remove_stored_method removes one.$$;
