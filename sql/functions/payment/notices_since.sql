create or replace function payment.notices_since(p_account payment.merchant_accounts)
returns timestamptz
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select
        coalesce(
            (
                select
                    -- Notices of one moment may come into the list one after the other.
                    n.seen_until - interval '10 minutes'
                from payment.notice_cursors as n
                where n.studio_id = p_account.studio_id and n.merchant_account_id = p_account.id
            ),
            -- The gateway itself replays two weeks.
            greatest(p_account.created_at, now() - interval '14 days')
        )
$$;
alter function payment.notices_since(payment.merchant_accounts) owner to payment;
comment on function payment.notices_since(payment.merchant_accounts) is
$$From when on the gateway's list of notices has to be read, by the gateway's clock.$$;
