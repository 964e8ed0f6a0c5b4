create view api.sections
with (security_invoker = true) as
select
    s.id,
    s.term_id,
    s.class_id,
    c.title,
    s.name,
    s.location_id,
    l.name as location,
    s.starts_on,
    s.ends_on,
    s.status,
    s.capacity,
    p.seats_left,
    s.price_mode,
    s.sold_by_weekday
from catalog.sections as s
inner join catalog.classes as c on s.studio_id = c.studio_id and s.class_id = c.id
inner join studio.locations as l on s.studio_id = l.studio_id and s.location_id = l.id
-- Counted once a row, however often a request names it.
cross join lateral enrollment.seats_left(s.id) as p (seats_left);
alter view api.sections owner to api;
grant select on api.sections to anon;
grant select on api.sections to customer;
grant select on api.sections to instructor;
comment on view api.sections is
$$What a family picks: one offering of a class, with its dates, place and places left.

price_mode: that of the class. sold_by_weekday: some of its weekdays can be had alone.
seats_left: null when unlimited; lapsed holds count as free; of a
drop_in section, on the date to come that has most left. For everybody.$$;
