create or replace function payment.list_notices()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_account payment.merchant_accounts;
    v_asked integer := 0;
begin
    for v_account in
        select m.*
        from payment.merchant_accounts as m
        where
            m.studio_id = auth.studio_id()
            and m.status = 'active'
            -- One list at a time, page by page.
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = m.studio_id
                    and c.merchant_account_id = m.id
                    and c.purpose = 'list_notifications'
                    and c.status in ('queued', 'claimed')
            )
        order by m.id
    loop
        perform payment.queue_call(
            v_account.id,
            'list_notifications',
            '/notifications?limit=200&filter=createdAt_ge_'
            || to_char(payment.notices_since(v_account), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        );
        v_asked := v_asked + 1;
    end loop;
    return v_asked;
end;
$$;
alter function payment.list_notices() owner to payment;
grant execute on function payment.list_notices() to scheduler;
comment on function payment.list_notices() is
$$Job: ask the gateway for its list of notices since the last one we saw; answers how many lists.

What was never delivered is found there, so with webhooks switched off every payment still reaches
its end.$$;
