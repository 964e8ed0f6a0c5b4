create view api.price_overrides
with (security_invoker = true) as
select
    o.id,
    o.family_id,
    o.student_id,
    o.section_id,
    k.title,
    o.amount_minor,
    o.reason,
    o.set_by,
    o.valid_from,
    o.superseded_at
from pricing.overrides as o
inner join catalog.sections as s on o.studio_id = s.studio_id and o.section_id = s.id
inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id;
alter view api.price_overrides owner to api;
grant select on api.price_overrides to staff;
comment on view api.price_overrides is
$$What staff let a class cost one student, now and before. amount_minor: minor units.

Set with set_price_override. set_by, valid_from: who and when; superseded_at: until when, null: it
holds. For staff.$$;
