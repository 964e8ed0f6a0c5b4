create view api.family_discounts
with (security_invoker = true) as
select
    d.term_id,
    d.min_students,
    d.amount_minor,
    d.version,
    d.valid_from
from pricing.family_discounts as d
where d.superseded_at is null;
alter view api.family_discounts owner to api;
grant select on api.family_discounts to staff;
comment on view api.family_discounts is
$$What a family saves once a term as it is now, in minor units.

version: of the row; that of the table is in rule_sets. For staff; save_family_discount changes
it.$$;
