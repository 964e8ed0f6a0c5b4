create or replace function payment.notice_answer(p_event_id bigint)
returns integer
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    -- 500 lets the gateway send it again; but it switches a webhook off that keeps failing, so
    -- after two of them the notice is ours to finish, and staff see it until it is.
    select
        case
            when e.status <> 'received' then 201
            when e.deliveries > 2 then 201
            else 500
        end
    from payment.gateway_events as e
    where e.id = p_event_id
$$;
alter function payment.notice_answer(bigint) owner to payment;
grant execute on function payment.notice_answer(bigint) to thin_api;
comment on function payment.notice_answer(bigint) is
$$The HTTP status with which to answer a notice, after what it points at was fetched.

For login thin_api.$$;
