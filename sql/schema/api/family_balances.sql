create view api.family_balances
with (security_invoker = true) as
select
    e.family_id,
    coalesce(
        sum(e.amount_minor) filter (where e.account = 'receivable'), 0
    )::bigint as receivable_minor,
    coalesce(
        sum(-e.amount_minor) filter (where e.account = 'credits'), 0
    )::bigint as credits_minor,
    coalesce(
        sum(-e.amount_minor) filter (where e.account = 'unapplied'), 0
    )::bigint as unapplied_minor
from payment.ledger_entries as e
where e.account in ('receivable', 'credits', 'unapplied')
group by e.studio_id, e.family_id;
alter view api.family_balances owner to api;
grant select on api.family_balances to customer;
grant select on api.family_balances to staff;
comment on view api.family_balances is
$$Where each family stands by the ledger, in minor units; none for one that never had to pay.

receivable_minor: owed for confirmed registrations, also what is not due yet; below 0: paid too
much. credits_minor: left of credits. unapplied_minor: money that has paid nothing yet or is being
given back. For the family and for staff.$$;
