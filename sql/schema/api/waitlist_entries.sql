create view api.waitlist_entries
with (security_invoker = true) as
select
    w.id,
    w.family_id,
    w.cart_id,
    w.student_id,
    w.section_id,
    w.held_on,
    w.status,
    w.status_reason,
    w.source,
    w.joined_at,
    p.place_in_queue,
    w.offers,
    w.offered_at,
    w.offer_expires_at,
    w.registration_id,
    w.replaces_enrollment_id,
    w.needs_staff
from enrollment.waitlist_entries as w
cross join lateral enrollment.place_in_queue(w.id) as p (place_in_queue);
alter view api.waitlist_entries owner to api;
grant select on api.waitlist_entries to customer;
grant select on api.waitlist_entries to staff;
comment on view api.waitlist_entries is
$$Who waits for which section, or for which date of it, and what became of it.

status: waiting, offered (a seat is kept until offer_expires_at), accepted (to be paid), registered,
declined, expired, cancelled. place_in_queue: 1 is next; null: it waits no longer. Those of one
cart_id want in together or not at all; its price is asked with quote. needs_staff: why staff have to
see to it. For the family and for staff.$$;
