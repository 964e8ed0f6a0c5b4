create or replace function payment.post_missing()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- As many as one transaction is to do; the next run goes on.
    return payment.post_step(5000);
end;
$$;
alter function payment.post_missing() owner to payment;
grant execute on function payment.post_missing() to scheduler;
comment on function payment.post_missing() is
$$Job: post to the ledger what happened and isn't there; answers how many postings it made.

Every fact posts itself in its own transaction, so there is nothing to do but after an update to a
version that posts more; then it goes through all there is, in steps.$$;
