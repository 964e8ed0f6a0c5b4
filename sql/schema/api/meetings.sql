create view api.meetings
with (security_invoker = true) as
select
    m.id,
    m.section_id,
    m.held_on,
    m.starts_at,
    m.ends_at,
    m.status,
    p.seats_left,
    coalesce(d.amount_minor, e.amount_minor) as amount_minor,
    case
        when pg_has_role(current_user, 'staff', 'member') then m.cancelled_reason
    end as cancelled_reason,
    m.moved_from
from catalog.meetings as m
-- Counted once a row, however often a request names it.
cross join lateral enrollment.seats_left(m.section_id, m.held_on) as p (seats_left)
left join pricing.date_prices as d
    on
        m.studio_id = d.studio_id
        and m.section_id = d.section_id
        and m.held_on = d.held_on
        and d.superseded_at is null
left join pricing.date_prices as e
    on
        m.studio_id = e.studio_id
        and m.section_id = e.section_id
        and e.held_on is null
        and e.superseded_at is null;
alter view api.meetings owner to api;
grant select on api.meetings to anon;
grant select on api.meetings to customer;
grant select on api.meetings to instructor;
comment on view api.meetings is
$$The dated meetings of sections: local date, start and end as instants, places left that day.

status: scheduled, cancelled. amount_minor: what the date costs where it is sold by itself, in minor
units. cancelled_reason: null but for staff. moved_from: the date it was moved from. For everybody.$$;
