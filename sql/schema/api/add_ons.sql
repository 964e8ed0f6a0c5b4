create view api.add_ons
with (security_invoker = true) as
select
    a.id,
    a.section_id,
    a.code,
    a.name,
    a.description,
    a.amount_minor,
    a.required,
    a.position
from pricing.add_ons as a
where a.superseded_at is null;
alter view api.add_ons owner to api;
grant select on api.add_ons to anon;
grant select on api.add_ons to customer;
grant select on api.add_ons to instructor;
comment on view api.add_ons is
$$What can be had beside a section, once a student. amount_minor: minor units.

A required one is charged with the section; another when it is asked for, with set_add_on by its
code. For everybody.$$;
