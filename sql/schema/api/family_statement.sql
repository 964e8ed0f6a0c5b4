create view api.family_statement
with (security_invoker = true) as
select
    p.family_id,
    p.id as posting_id,
    p.occurred_on,
    p.posted_on,
    p.source,
    p.source_id,
    p.registration_id,
    e.account,
    e.amount_minor,
    sum(e.amount_minor) over (
        partition by e.studio_id, e.family_id, e.account order by e.posting_id
    )::bigint as balance_minor
from payment.ledger_entries as e
inner join payment.ledger_postings as p
    on e.studio_id = p.studio_id and e.posting_id = p.id
where e.account in ('receivable', 'credits', 'unapplied');
alter view api.family_statement owner to api;
grant select on api.family_statement to customer;
grant select on api.family_statement to staff;
comment on view api.family_statement is
$$What happened between a family and the studio, in minor units, in the order of posting_id.

amount_minor: what the family owes more by it, or less where it is negative; balance_minor: what it
owes after it, of this account. account: receivable (confirmed registrations: what they cost, and
what was paid for them), credits (below 0: that much of credits is left to spend), unapplied (below
0: money that has paid nothing yet or is being given back). source: registration, change, credit,
credit_return, sale, application (of a sale to a registration), refund, reversal (of a sale),
price_reduction, price_restored (of a refund that failed), price_reduced_again, price_restored_again
(of one that was done after all), offline_refund, offline_payment, returned_payment, waiver;
source_id is the id of what it is about. For the family and for staff.$$;
