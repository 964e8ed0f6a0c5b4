create view api.ledger_entries
with (security_invoker = true) as
select
    p.id as posting_id,
    e.number,
    p.posted_on,
    p.occurred_on,
    p.source,
    p.source_id,
    p.family_id,
    p.registration_id,
    e.account,
    greatest(e.amount_minor, 0) as debit_minor,
    greatest(-e.amount_minor, 0) as credit_minor,
    p.posted_at
from payment.ledger_postings as p
inner join payment.ledger_entries as e
    on p.studio_id = e.studio_id and p.id = e.posting_id;
alter view api.ledger_entries owner to api;
grant select on api.ledger_entries to manager;
comment on view api.ledger_entries is
$$The ledger itself: every posting with its debits and credits, in minor units.

A month is posted_on=gte.2027-01-01&posted_on=lt.2027-02-01; with Accept: text/csv it is a table for
the bookkeeper. source and source_id: the fact that was posted (registration, change, credit,
credit_return, sale, application, refund, settlement, reversal, price_reduction, price_restored,
price_reduced_again, price_restored_again, offline_refund, offline_payment, returned_payment,
waiver). occurred_on: its local day; posted_on: the day to which it counts, later where its month
was closed by then. Nothing in it is ever changed.
For managers.$$;
