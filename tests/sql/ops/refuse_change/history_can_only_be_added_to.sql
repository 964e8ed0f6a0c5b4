begin;
set local search_path = tap, public;
select plan(18);
-- A truncate would say which tables it takes along.
set local client_min_messages = warning;
create function pg_temp.refusal(statement text) returns text language plpgsql as $$
begin
    return tests.error_code(format('select tests.run(%L)', statement));
end;
$$;
-- Emptied with all that points at it, some would take the ledger along, which even its owner may not
-- empty.
select ok(
    pg_temp.refusal(format(v.statement, t.name)) = 'append_only'
    or (
        v.statement like 'truncate%'
        and t.name in ('enrollment.confirmations', 'pricing.quotes')
        and pg_temp.refusal(format(v.statement, t.name)) = '42501'
    ),
    format(v.statement, t.name)
)
from (
    values
    ('ops.domain_events'), ('ops.audit_log'), ('enrollment.confirmations'), ('pricing.quotes'),
    ('pricing.custom_schedule_parts'), ('messaging.delivery_attempts')
) as t (name)
cross join (
    values ('update %s set studio_id = studio_id'), ('delete from %s'), ('truncate %s cascade')
) as v (statement);
select * from finish();
rollback;
