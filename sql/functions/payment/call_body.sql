create or replace function payment.call_body(p_call payment.gateway_calls)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_name text;
begin
    if p_call.purpose <> 'create_shopper' then
        return p_call.body;
    end if;
    -- The name is looked up when the call is made, so that no copy of it is kept with the call.
    select a.full_name into v_name
    from payment.payments as p
    inner join identity.guardians as g
        on p.studio_id = g.studio_id and p.family_id = g.family_id and g.is_primary
    inner join identity.accounts as a on g.account_id = a.id
    where p.studio_id = p_call.studio_id and p.id = p_call.payment_id;
    -- The gateway refuses these characters, and whatever needs more than 16 bits.
    v_name := btrim(regexp_replace(v_name, '[^\u0020-\uffff]|[%<>\[\]{}\\/]', ' ', 'g'));
    return p_call.body || jsonb_build_object('fullName', coalesce(nullif(v_name, ''), 'Family'));
end;
$$;
alter function payment.call_body(payment.gateway_calls) owner to payment;
comment on function payment.call_body(payment.gateway_calls) is
$$The body of a request as it is sent, with the words that are not stored with it.$$;
