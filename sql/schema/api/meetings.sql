create view api.meetings
with (security_invoker = true) as
select
    m.id,
    m.section_id,
    m.held_on,
    m.starts_at,
    m.ends_at,
    m.status,
    p.seats_left
from catalog.meetings as m
-- Counted once a row, however often a request names it.
cross join lateral enrollment.seats_left(m.section_id, m.held_on) as p (seats_left);
alter view api.meetings owner to api;
grant select on api.meetings to anon;
grant select on api.meetings to customer;
grant select on api.meetings to instructor;
comment on view api.meetings is
$$The dated meetings of sections: local date, start and end as instants, places left that day.

For everybody.$$;
