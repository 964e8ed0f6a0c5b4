begin;
set local search_path = tap, public;
-- quiet about what truncate would empty as well
set local client_min_messages = warning;
\ir catalog.psql
select plan(71);

create view tests.append_only_tables as
select r.entity, r.owner
from tests.own_tables as r
inner join pg_catalog.pg_trigger as t on r.oid = t.tgrelid
where
    t.tgfoid = 'ops.refuse_change'::regproc
    and t.tgenabled in ('O', 'A')
    and t.tgqual is null
    -- for each statement (not 1), before (2), delete (8), update (16), truncate (32)
    and t.tgtype & 59 = 58;

select set_eq(
    'select a.entity from tests.append_only_tables as a',
    array[
        'catalog.requirement_options',
        'enrollment.confirmations',
        'enrollment.waiver_sections',
        'messaging.delivery_attempts',
        'payment.batch_items',
        'payment.ledger_entries',
        'payment.ledger_periods',
        'payment.ledger_postings',
        'payment.ledger_totals',
        'ops.audit_log',
        'ops.domain_events',
        'payment.charge_summaries',
        'payment.incident_alerts',
        'payment.incident_notes',
        'payment.installment_changes',
        'payment.installment_payments',
        'payment.refund_lines',
        'pricing.coupon_sections',
        'pricing.credits',
        'enrollment.changes',
        'pricing.custom_schedule_parts',
        'pricing.discount_sections',
        'pricing.quotes'
    ],
    'events, audit, quotes, arranged parts, credits, changes, confirmations, tries, options, scopes and the ledger only grow'
);

-- The owner of a table has every privilege on it, and is refused none the less; the owner of the
-- ledger has not even those. What points at a table is emptied with it, so only a superuser comes as
-- far as to empty one.
create function tests.refusal(p_role text, p_statement text)
returns text
language plpgsql
as $$
declare
    v_error jsonb;
begin
    if p_statement not like 'truncate%' then
        perform tests.act_as_deploy();
        perform set_config('role', p_role, true);
    end if;
    v_error := tests.error(p_statement);
    perform tests.act_as_operator();
    return case v_error ->> 'code'
        when '42501' then 'may not'
        else concat_ws(' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'entity')
    end;
end;
$$;
create view tests.changes as
select a.entity, a.owner, format(s.statement, a.entity) as statement
from tests.append_only_tables as a
cross join (
    values ('update %s set studio_id = studio_id'), ('delete from %s'), ('truncate %s cascade')
) as s (statement);
select is(
    tests.refusal(c.owner, c.statement),
    case
        when c.entity like 'payment.ledger\_%' and c.statement not like 'truncate%' then 'may not'
        else 'append_only ' || c.entity
    end,
    c.statement
)
from tests.changes as c
order by c.statement;

alter table pricing.quotes disable trigger _000_refuse_change;
select set_hasnt(
    'select a.entity from tests.append_only_tables as a',
    $$values ('pricing.quotes')$$,
    'the rule sees a trigger that is switched off'
);

select * from finish();
rollback;
