begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(4);

-- A second foreign key between two tables makes every embedded read of them ambiguous.
create view tests.pairs_with_several_paths as
select least(t.entity, r.entity) as one, greatest(t.entity, r.entity) as other
from pg_catalog.pg_constraint as k
inner join tests.own_tables as t on k.conrelid = t.oid
inner join tests.own_tables as r on k.confrelid = r.oid
where k.contype = 'f'
group by least(t.entity, r.entity), greatest(t.entity, r.entity)
having count(*) > 1;

select set_eq(
    'table tests.pairs_with_several_paths',
    $$
        values
        -- a confirmation is of a registration, and the registration says which one it has
        ('enrollment.confirmations', 'enrollment.registrations'),
        ('enrollment.seats', 'enrollment.waitlist_entries'),
        -- a finding was accepted by one account and reviewed by another
        ('enrollment.findings', 'identity.accounts'),
        -- what one account has submitted another one decides
        ('identity.accounts', 'payment.payment_reviews'),
        -- a sale is of a payment, and the payment says which one it accepted
        ('payment.payments', 'payment.transactions')
    $$,
    'only tables that point at each other have two paths, and none has more'
);
-- The API reads a path where a view shows all columns of the key.
create view tests.ambiguous_reads as
select p.one, p.other
from tests.pairs_with_several_paths as p
where
    (
        select count(distinct d.refobjid)
        from pg_catalog.pg_rewrite as w
        inner join tests.own_relations as v on w.ev_class = v.oid and v.schema = 'api'
        inner join pg_catalog.pg_depend as d
            on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
        inner join tests.own_tables as t on d.refobjid = t.oid
        where t.entity in (p.one, p.other)
    ) = 2;
select is_empty('table tests.ambiguous_reads', 'no two tables of several paths are both exposed');

alter table catalog.sections
add column substitute_location_id bigint,
add constraint sections_substitute_location_fkey
foreign key (studio_id, substitute_location_id) references studio.locations (studio_id, id);
select set_has(
    'table tests.pairs_with_several_paths',
    $$values ('catalog.sections', 'studio.locations')$$,
    'the rule sees a second path'
);
select set_eq(
    'table tests.ambiguous_reads',
    $$values ('catalog.sections', 'studio.locations')$$,
    'the rule sees that callers would meet it'
);

select * from finish();
rollback;
