create view api.override_uses
with (security_invoker = true) as
select
    o.id,
    o.family_id,
    o.registration_id,
    o.student_id,
    o.section_id,
    o.code,
    o.requirement_id,
    o.reason,
    o.overridden_by,
    o.overridden_at
from enrollment.override_uses as o;
alter view api.override_uses owner to api;
grant select on api.override_uses to staff;
comment on view api.override_uses is
$$What spoke against a registration that staff entered, and what they overrode it with.

One row for each finding (code, as in the error register; requirement_id: the rule, null where it was
the dates of registration or the queue): the reason, the account that overrode it, and when.
For staff; made by overrides of checkout.$$;
