begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

-- A function runs as its owner, so ownership decides what it can write.
create view tests.misplaced_objects as
select f.signature as name, f.owner
from tests.own_functions as f
where
    case
        -- an exposed function acts in one domain
        when f.schema = 'api'
            then not exists (
                select
                from tests.domain_roles as d
                where d.name = f.owner and d.name not in ('auth', 'confirmer', 'ops')
            )
        when f.entity = 'enrollment.record_confirmation' then f.owner <> 'confirmer'
        else f.owner <> f.schema
    end
union all
select r.entity, r.owner
from tests.own_relations as r
where r.kind in ('r', 'p', 'v', 'm') and r.owner <> r.keeper
union all
select s.name, s.owner from tests.own_schemas as s where s.owner <> s.name;

select is_empty(
    'table tests.misplaced_objects',
    'schemas, tables, views and functions belong to the role of their domain'
);

create function pricing.planted() returns void language sql as '';
create function api.planted() returns void language sql as '';
alter function api.planted() owner to api;
alter function enrollment.record_confirmation(bigint, bigint, bigint) owner to enrollment;
alter table enrollment.confirmations owner to enrollment;
alter view api.terms owner to catalog;
select set_eq(
    'table tests.misplaced_objects',
    $$
        values
        ('pricing.planted()', current_user::text),
        ('api.planted()', 'api'),
        ('enrollment.record_confirmation(bigint,bigint,bigint)', 'enrollment'),
        ('enrollment.confirmations', 'enrollment'),
        ('api.terms', 'catalog')
    $$,
    'the rule sees what belongs to somebody else'
);

select * from finish();
rollback;
