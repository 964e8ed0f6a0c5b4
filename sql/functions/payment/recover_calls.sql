create or replace function payment.recover_calls()
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_call payment.gateway_calls;
begin
    for v_call in
        select c.*
        from payment.gateway_calls as c
        where
            c.studio_id = auth.studio_id()
            and c.status = 'claimed'
            and c.leased_until < clock_timestamp()
        for no key update skip locked
    loop
        -- Whoever claimed it died: whether the gateway got the request is not known.
        perform payment.fail_call(v_call, 'lease ran out');
    end loop;
end;
$$;
alter function payment.recover_calls() owner to payment;
comment on function payment.recover_calls() is
$$Take back calls whose claimer has died.$$;
