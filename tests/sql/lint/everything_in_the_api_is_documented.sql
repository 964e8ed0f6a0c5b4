begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(3);

-- Comments are what callers read: the first line is the summary, the rest the description.
create view tests.comments_of_the_api as
select r.entity as name, obj_description(r.oid, 'pg_class') as comment
from tests.own_relations as r
where r.schema = 'api' and r.kind = 'v'
union all
select f.signature, obj_description(f.oid, 'pg_proc')
from tests.own_functions as f
where f.schema = 'api';

create view tests.comments_without_summary as
select c.name
from tests.comments_of_the_api as c
where coalesce(split_part(c.comment, E'\n', 1) !~ '^[A-Z].{9,}', true);

create view tests.comments_without_caller as
select c.name
from tests.comments_of_the_api as c
where
    coalesce(
        c.comment !~ '\mFor (everybody|the family|staff|managers|owners|whoever is signed in)\M',
        true
    );

select is_empty(
    'table tests.comments_without_summary',
    'each view and function of the API begins its comment with a summary'
);
select is_empty(
    'table tests.comments_without_caller', 'each says whom it is for: For everybody, For staff, …'
);

create function api.planted() returns void language sql as '';
comment on view api.terms is E'\nSeasons.';
select set_has(
    $$
        select 'summary', s.name from tests.comments_without_summary as s
        union all
        select 'caller', c.name from tests.comments_without_caller as c
    $$,
    $$
        values
        ('summary', 'api.planted()'),
        ('caller', 'api.planted()'),
        ('summary', 'api.terms'),
        ('caller', 'api.terms')
    $$,
    'the rules see a missing comment and one that says nothing in its first line'
);

select * from finish();
rollback;
