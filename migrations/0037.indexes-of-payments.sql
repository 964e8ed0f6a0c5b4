-- What a notice and the jobs look for is found by an index, however many payments are done.
-- depends: 0036.unsent-calls
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create index transactions_payment_idx on payment.transactions (studio_id, payment_id);
create index transactions_lost_idx
on payment.transactions (studio_id, family_id, id)
where type = 'sale' and state in ('declined', 'expired', 'rejected');
create index gateway_events_unmatched_idx
on payment.gateway_events (merchant_account_id, received_at) where status = 'unmatched';
create index gateway_calls_transaction_idx
on payment.gateway_calls (studio_id, path) where purpose = 'fetch_transaction';
drop index payment.gateway_calls_merchant_account_idx;
create index gateway_calls_merchant_account_idx
on payment.gateway_calls (studio_id, merchant_account_id, purpose, id);
