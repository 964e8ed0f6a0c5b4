create view api.requirement_sets
with (security_invoker = true) as
select
    s.term_id,
    s.version
from catalog.requirement_sets as s;
alter view api.requirement_sets owner to api;
grant select on api.requirement_sets to staff;
comment on view api.requirement_sets is
$$How often the requirements of a term (null: of the whole studio) were saved; no row: never.

For staff, who name the version in save_requirements.$$;
