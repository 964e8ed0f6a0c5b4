create view api.section_counts
with (security_invoker = true) as
select
    c.section_id,
    s.term_id,
    k.title,
    s.name,
    c.held_on,
    c.capacity,
    c.confirmed,
    c.held,
    c.offered,
    c.reserved,
    c.open,
    c.waiting
from enrollment.section_counts() as c
inner join catalog.sections as s on c.section_id = s.id
inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
where s.studio_id = auth.studio_id();
alter view api.section_counts owner to api;
grant select on api.section_counts to staff;
comment on view api.section_counts is
$$The one count of places for every screen, by section (held_on null) and by section and local date.

On each date capacity = confirmed + held + offered + reserved + open; lapsed holds count as open. Of a
section as a whole the numbers are students, whatever dates they have, and open is how many places
are free on all dates to come; capacity and open are null where there is no limit. waiting: who waits
for the section, or for the date. What the public is told (seats_left) is open, or 0 while that is
owed to those who wait. For staff.$$;
