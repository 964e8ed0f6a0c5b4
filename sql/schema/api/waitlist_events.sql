create view api.waitlist_events
with (security_invoker = true) as
select
    e.id,
    e.occurred_at,
    e.kind,
    p.section_id,
    p.held_on,
    e.family_id,
    p.student_id,
    case when e.kind like 'waitlist.%' then e.subject_id end as waitlist_entry_id,
    coalesce(p.reason, p.code, p.cause) as reason,
    e.payload
from ops.place_events() as e
cross join lateral jsonb_to_record(e.payload) as p (
    section_id bigint, held_on date, student_id bigint, reason text, code text, cause text
);
alter view api.waitlist_events owner to api;
grant select on api.waitlist_events to staff;
comment on view api.waitlist_events is
$$The story of each section's queue.

Who joined, was offered a seat, called to mind, accepted, declined, was passed over, assigned; which
places came free, were kept for staff and reopened.

Filter by section_id and order by id. For staff.$$;
