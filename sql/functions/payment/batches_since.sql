create or replace function payment.batches_since(p_account payment.merchant_accounts)
returns timestamptz
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select
        coalesce(
            least(
                -- Batches of one moment may come into the list one after the other.
                n.seen_until - interval '10 minutes',
                -- What was only submitted then has become something since.
                (
                    select min(b.opened_at)
                    from payment.batches as b
                    where
                        b.studio_id = p_account.studio_id
                        and b.merchant_account_id = p_account.id
                        and b.matched_at is null
                        and b.state = 'submitted'
                )
            ),
            p_account.created_at
        )
    from (select) as one
    left join payment.batch_cursors as n
        on n.studio_id = p_account.studio_id and n.merchant_account_id = p_account.id
$$;
alter function payment.batches_since(payment.merchant_accounts) owner to payment;
comment on function payment.batches_since(payment.merchant_accounts) is
$$From when on the gateway's list of batches has to be read, by the gateway's clock.$$;
