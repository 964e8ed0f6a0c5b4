create or replace function payment.retry_refunds()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_minutes constant integer := (studio.settings_of()).news_due_minutes;
    v_due record;
    v_sale payment.transactions;
    v_asked integer := 0;
begin
    for v_due in
        select r.id, r.registration_id, r.transaction_id, r.waits_for_settlement, t.gateway_id
        from payment.refunds as r
        left join payment.transactions as t
            on
                r.studio_id = t.studio_id
                and r.family_id = t.family_id
                and r.transaction_id = t.id
        where
            r.studio_id = v_studio_id
            and r.status = 'pending'
            -- Without news for as long as a payment may be; a batch is settled once a day.
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = v_studio_id
                    and c.refund_id = r.id
                    and (
                        c.status in ('queued', 'claimed')
                        or coalesce(c.answered_at, c.created_at) > now() - make_interval(
                            mins => v_minutes * case when r.waits_for_settlement then 12 else 1 end
                        )
                    )
            )
        order by r.registration_id, r.id
    loop
        perform enrollment.lock_registration(v_due.registration_id);
        perform
        from payment.refunds as r
        where r.studio_id = v_studio_id and r.id = v_due.id and r.status = 'pending'
        for no key update;
        continue when not found;
        -- Under the lock, so that of two at once one asks; by itself, so that it has its index.
        continue when v_due.waits_for_settlement and exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_studio_id
                and c.purpose = 'fetch_transaction'
                and c.path = '/transactions/' || v_due.gateway_id
                and (
                    c.status in ('queued', 'claimed')
                    or coalesce(c.answered_at, c.created_at)
                    > now() - make_interval(mins => v_minutes * 12)
                )
        );
        select t.* into strict v_sale
        from payment.transactions as t
        where t.studio_id = v_studio_id and t.id = v_due.transaction_id;
        if v_due.waits_for_settlement and v_sale.state <> 'settled' then
            perform payment.queue_call(
                v_sale.merchant_account_id,
                'fetch_transaction',
                '/transactions/' || v_sale.gateway_id,
                null,
                v_sale.payment_id
            );
            v_asked := v_asked + 1;
        else
            v_asked := v_asked + payment.find_returns(v_due.id)::integer;
        end if;
    end loop;
    return v_asked;
end;
$$;
alter function payment.retry_refunds() owner to payment;
grant execute on function payment.retry_refunds() to scheduler;
comment on function payment.retry_refunds() is
$$Job: ask the gateway about refunds that nobody has said anything about; answers how many.

Whether the sale of one that waits is settled by now, else what was given back of it. So a refund
whose call or notice was lost still reaches its end.$$;
