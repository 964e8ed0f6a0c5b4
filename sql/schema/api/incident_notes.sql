create view api.incident_notes
with (security_invoker = true) as
select
    n.id,
    n.family_id,
    n.incident,
    n.since,
    n.last_at,
    n.act as status,
    n.note,
    n.noted_by,
    n.noted_at
from payment.incident_notes as n;
alter view api.incident_notes owner to api;
grant select on api.incident_notes to staff;
comment on view api.incident_notes is
$$What staff noted of entries of the work list (incidents), also of those that are gone by now.

status: acknowledged, actioned or wont_fix; since: which time of the entry it is about; last_at:
its last failure then; family_id: whom it is about; noted_by: the account. Made by note_incident.
For staff.$$;
