begin;
set local search_path = tap, public;
-- quiet about what truncate would empty as well
set local client_min_messages = warning;
select plan(41);
select tests.family() as family \gset
select tests.run(
    format(
        'select payment.post(''credit'', 7, %s, null, ''2026-01-05'', %L)', :family,
        '{"cash": 5, "credits": -5}'
    )
);
-- A table whose checks are pending can't be emptied.
select tests.act_as_deploy();
set constraints all immediate;
select tests.act_as_operator();
create view tests.ledger (entity, key) as
values
('payment.ledger_postings', 'id'),
('payment.ledger_entries', 'number'),
('payment.ledger_periods', 'month'),
('payment.ledger_totals', 'month');
-- As the owner of the tables, whose functions write them.
create function pg_temp.outcome(p_role text, p_statement text) returns text
language plpgsql as $$
declare
    v_error jsonb;
begin
    if p_role <> 'superuser' then
        perform tests.act_as_deploy();
        if p_role <> 'payment' then
            perform set_config('session_authorization', 'authenticator', true);
        end if;
        perform set_config('role', p_role, true);
    end if;
    v_error := tests.error(p_statement);
    perform tests.act_as_operator();
    return v_error ->> 'code';
end;
$$;
select is(
    pg_temp.outcome('payment', format(s.statement, l.entity, l.key)), '42501',
    'payment: ' || format(s.statement, l.entity, l.key)
)
from tests.ledger as l
cross join (
    values ('update %1$s set studio_id = studio_id'), ('delete from %1$s'), ('truncate %1$s')
) as s (statement);
select is(
    pg_temp.outcome('payment', 'update payment.ledger_postings set id = default'), 'append_only',
    'the one right it has by a foreign key is worth nothing'
);
select is(
    pg_temp.outcome('payment', format('update %s set %s = default', l.entity, l.key)), '42501',
    'payment has none such on ' || l.entity
)
from tests.ledger as l
where l.entity <> 'payment.ledger_postings';
-- Whoever passes by every right meets the trigger; also past row security.
select is(
    pg_temp.outcome(r.role, format(s.statement, l.entity)), 'append_only',
    r.role || ': ' || format(s.statement, l.entity)
)
from tests.ledger as l
cross join (
    values ('update %1$s set studio_id = studio_id'), ('delete from %1$s'),
    ('truncate %1$s cascade')
) as s (statement)
cross join (values ('superuser')) as r (role);
select is(
    pg_temp.outcome(r.role, format(s.statement, l.entity)), '42501',
    r.role || ': ' || format(s.statement, l.entity)
)
from (values ('payment.ledger_entries'), ('payment.ledger_postings')) as l (entity)
cross join (
    values ('update %1$s set studio_id = studio_id'), ('delete from %1$s'),
    ('insert into %1$s default values')
) as s (statement)
cross join (values ('owner'), ('customer')) as r (role);
select is(
    (select count(*) from payment.ledger_entries as e where e.family_id = :family), 2::bigint,
    'so what was posted is there'
);
select * from finish();
rollback;
