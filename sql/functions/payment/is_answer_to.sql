create or replace function payment.is_answer_to(p_call payment.gateway_calls, p_answer jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    -- As payment.allowed_calls() wants it.
    v_form constant text := '^[A-Za-z0-9_-]+$';
    v_things jsonb;
    v_named jsonb;
begin
    v_things := case
        when p_call.purpose ~ '^(find|list)_' then p_answer -> 'items'
        else jsonb_build_array(p_answer)
    end;
    if
        jsonb_typeof(v_things) is distinct from 'array'
        or exists (
            select
            from jsonb_array_elements(v_things) as t (thing)
            where coalesce(t.thing ->> 'id' !~ v_form, true)
        )
    then
        return false;
    elsif
        p_call.purpose in (
            'fetch_transaction', 'charge_stored_card', 'find_charge', 'void_transaction',
            'refund_transaction', 'find_returns'
        )
        and exists (
            select
            from jsonb_array_elements(v_things) as t (thing)
            where
                num_nulls(
                    t.thing ->> 'type', t.thing ->> 'state', t.thing #>> '{total,amount}',
                    t.thing #>> '{total,currencyCode}'
                ) > 0
        )
    then
        -- Money is judged by these, so one without them says nothing.
        return false;
    elsif p_call.purpose = 'create_session' and p_answer ->> 'url' is null then
        -- Nobody could be sent there.
        return false;
    elsif p_call.method = 'POST' then
        -- What was made repeats what it was made of.
        select jsonb_object_agg(b.key, b.value) into v_named
        from jsonb_each_text(p_call.body) as b (key, value)
        where
            b.key in (
                'customReference', 'orderReference', 'order', 'shopper', 'type',
                'parentTransaction', 'storedCard'
            );
    elsif p_call.purpose ~ '^(find|list)_' then
        -- Everything listed is as it was sought.
        select jsonb_object_agg(f.match[1], f.match[2]) into v_named
        from (
            select regexp_matches(
                p_call.path, '[?&]filter=([A-Za-z]+)_eq_([A-Za-z0-9_-]+)(?=&|$)', 'g'
            )
            union all
            select array['shopper', substring(p_call.path from '^/shoppers/([^/?]+)/')]
            where p_call.purpose = 'find_stored_card'
        ) as f (match);
    else
        v_named := jsonb_build_object('id', substring(p_call.path from '[^/]+$'));
    end if;
    -- By an id, or an address that ends in it. The gateway answers with every field there is; a
    -- thing is not judged by what it does not say.
    return not exists (
        select
        from jsonb_array_elements(v_things) as t (thing)
        cross join jsonb_each_text(v_named) as n (key, value)
        where
            t.thing ? n.key
            and n.value is distinct from t.thing ->> n.key
            and n.value is distinct from payment.href_id(t.thing ->> n.key)
    );
end;
$$;
alter function payment.is_answer_to(payment.gateway_calls, jsonb) owner to payment;
comment on function payment.is_answer_to(payment.gateway_calls, jsonb) is
$$Whether a successful answer is about what was asked: by its id, and by the references in it.

What somebody else was answered may come in place of ours: another family's shopper or order, another
payment's sale.$$;
