create or replace function payment.store_failure(
    p_studio_id integer, p_call_id bigint, p_lease_token uuid, p_error text
)
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
    perform auth.enter_studio(p_studio_id);
    select c.* into v_call
    from payment.gateway_calls as c
    where
        c.studio_id = p_studio_id
        and c.id = p_call_id
        and c.status = 'claimed'
        and c.lease_token = p_lease_token
    for no key update;
    if not found then
        perform ops.fail('gateway_call_not_yours');
    end if;
    perform payment.fail_call(v_call, left(p_error, 200));
end;
$$;
alter function payment.store_failure(integer, bigint, uuid, text) owner to payment;
grant execute on function payment.store_failure(integer, bigint, uuid, text) to thin_api;
comment on function payment.store_failure(integer, bigint, uuid, text) is
$$Note that a claimed call got no answer, or one that could not be taken over.

For login thin_api. p_error: a class of error, no content. Errors: gateway_call_not_yours.$$;
