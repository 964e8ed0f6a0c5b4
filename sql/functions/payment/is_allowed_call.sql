create or replace function payment.is_allowed_call(p_purpose text, p_method text, p_path text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        exists (
            select
            from payment.allowed_calls() as a
            where a.purpose = p_purpose and a.method = p_method and p_path ~ a.path_form
        )
$$;
alter function payment.is_allowed_call(text, text, text) owner to payment;
comment on function payment.is_allowed_call(text, text, text) is
$$Whether Callboard may ask this of the gateway.$$;
