create view api.section_times
with (security_invoker = true) as
select
    t.id,
    t.section_id,
    t.weekday,
    t.starts_at,
    t.ends_at
from catalog.section_times as t;
alter view api.section_times owner to api;
grant select on api.section_times to anon;
grant select on api.section_times to customer;
grant select on api.section_times to instructor;
comment on view api.section_times is
$$The weekly pattern of sections: ISO weekday (1 Monday) and local times.

For everybody.$$;
