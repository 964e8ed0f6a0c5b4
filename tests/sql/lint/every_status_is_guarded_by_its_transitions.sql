begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(5);

create view tests.statuses as
select c.oid, c.entity
from tests.own_columns as c
where c.kind in ('r', 'p') and c.name = 'status';

-- Before each update of a row that changes status, whoever changes it.
create view tests.statuses_without_trigger as
select s.entity
from tests.statuses as s
where
    not exists (
        select
        from pg_catalog.pg_trigger as t
        where
            t.tgrelid = s.oid
            and t.tgfoid = 'ops.check_status'::regproc
            and t.tgenabled in ('O', 'A')
            -- for each row (1), before (2), update (16)
            and t.tgtype & 19 = 19
            and pg_catalog.pg_get_triggerdef(t.oid) ~ '(UPDATE OF status|UPDATE) ON '
            and pg_catalog.pg_get_triggerdef(t.oid)
            ~ '(FOR EACH ROW|WHEN \(\(old\.status IS DISTINCT FROM new\.status\)\)) EXECUTE'
    );

-- The values that the table allows, as its CHECK <table>_status_known lists them.
create view tests.known_statuses as
select s.entity, v.value[1] as status
from tests.statuses as s
inner join pg_catalog.pg_constraint as k
    on
        s.oid = k.conrelid
        and k.contype = 'c'
        and k.conname = split_part(s.entity, '.', 2) || '_status_known'
cross join lateral regexp_matches(
    pg_catalog.pg_get_constraintdef(k.oid), $$'([^']*)'::text$$, 'g'
) as v (value);

create view tests.statuses_out_of_step as
(
    select k.entity, k.status, 'no transition leads there or away' as finding
    from tests.known_statuses as k
    where
        not exists (
            select
            from ops.status_transitions as t
            where t.entity = k.entity and k.status in (t.from_status, t.to_status)
        )
)
union all
select t.entity, v.status, 'the table does not know it'
from ops.status_transitions as t
cross join lateral (values (t.from_status), (t.to_status)) as v (status)
where
    not exists (
        select from tests.known_statuses as k where k.entity = t.entity and k.status = v.status
    );

select is_empty(
    'table tests.statuses_without_trigger',
    'every table with a status refuses changes that are not listed'
);
select is_empty(
    $$
        select s.entity from tests.statuses as s
        except
        select k.entity from tests.known_statuses as k
    $$,
    'every status is one of a list of words'
);
select is_empty(
    'table tests.statuses_out_of_step',
    'tables and ops.status_transitions know the same words'
);

create table catalog.planted (
    status text constraint planted_status_known check (status in ('new', 'odd'))
);
create trigger planted before update on catalog.planted
for each row when (old.status = 'new') execute function ops.check_status();
create table catalog.free_text (status text);
insert into ops.status_transitions values ('catalog.planted', 'new', 'old');
alter table catalog.terms disable trigger _100_check_status;
select set_has(
    $$select s.entity from tests.statuses_without_trigger as s$$,
    $$values ('catalog.planted'), ('catalog.free_text'), ('catalog.terms')$$,
    'the rule sees a missing trigger, one that looks away, and one that is switched off'
);
select set_has(
    'select o.entity, o.status from tests.statuses_out_of_step as o',
    $$values ('catalog.planted', 'old'), ('catalog.planted', 'odd')$$,
    'the rule sees a word that only one of the two knows'
);

select * from finish();
rollback;
