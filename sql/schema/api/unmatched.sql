create view api.unmatched
with (security_invoker = true) as
select
    u.kind,
    u.since,
    u.family_id,
    u.details
from payment.unmatched() as u;
alter view api.unmatched owner to api;
grant select on api.unmatched to staff;
comment on view api.unmatched is
$$Where the gateway's batches and the ledger disagree; gone as soon as they agree.

Of a batch: transaction_unknown (money we know nothing of), amount_differs, state_differs (we have
not heard yet what became of it), batch_differs (it is of another batch), sums_differ (its own sums
are not those of its transactions), batch_not_settled. Of a transaction: not_settled (money in
transit for longer than the setting settlement_days), in_no_batch (settled for so long, and in none
of the gateway's batches), other_currency (in no account of the ledger). details: ids, states and
amounts of both sides, in minor units. Of the whole studio, whatever the header X-Family says.
For staff.$$;
