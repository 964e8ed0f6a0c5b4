create view api.classes
with (security_invoker = true) as
select
    c.id,
    c.term_id,
    c.title,
    c.discipline,
    c.description,
    c.price_mode,
    c.division_id,
    p.code as program_code,
    p.name as program_name,
    c.level
from catalog.classes as c
left join catalog.programs as p on c.studio_id = p.studio_id and c.program_id = p.id;
alter view api.classes owner to api;
grant select on api.classes to anon;
grant select on api.classes to customer;
grant select on api.classes to instructor;
comment on view api.classes is
$$Titles taught in a term; what is picked is a section of one.

price_mode: standard (rate table), program (set price), tiered, drop_in. level: within its
discipline, null where none is said. For everybody; staff also
see hidden ones.$$;
