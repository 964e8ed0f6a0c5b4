create or replace function payment.settle_event(p_event_id bigint, p_status text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A session's event is settled when the last of the fetches it caused is.
    update payment.gateway_events as e
    set status = p_status, settled_at = now()
    where
        e.id = p_event_id
        and e.status = 'received'
        and not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = auth.studio_id()
                and c.event_id = p_event_id
                and c.purpose = 'fetch_transaction'
                and c.status in ('queued', 'claimed')
                and e.resource_type <> 'transaction'
        );
end;
$$;
alter function payment.settle_event(bigint, text) owner to payment;
comment on function payment.settle_event(bigint, text) is
$$Note what became of a notice.

Not where that is noted already, nor while something of it is still being fetched.$$;
