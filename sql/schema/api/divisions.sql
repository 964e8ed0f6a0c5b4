create view api.divisions
with (security_invoker = true) as
select
    d.id,
    d.code,
    d.name,
    d.rank,
    d.lowest_grade,
    d.highest_grade
from catalog.divisions as d;
alter view api.divisions owner to api;
grant select on api.divisions to anon;
grant select on api.divisions to customer;
grant select on api.divisions to instructor;
comment on view api.divisions is
$$Levels of the school, in order of rank.

Students of the grades are of it unless staff have placed them elsewhere.

For everybody.$$;
