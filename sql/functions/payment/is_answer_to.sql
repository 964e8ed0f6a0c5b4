create or replace function payment.is_answer_to(p_call payment.gateway_calls, p_answer jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_id constant text := p_answer ->> 'id';
    -- As gateway_calls_path_form wants it.
    v_form constant text := '^[A-Za-z0-9_-]+$';
begin
    return coalesce(
        case
            when p_call.purpose like 'find\_%' or p_call.purpose like 'list\_%'
                then
                    jsonb_typeof(p_answer -> 'items') = 'array'
                    and not exists (
                        select
                        from jsonb_array_elements(p_answer -> 'items') as i (item)
                        where coalesce(i.item ->> 'id' !~ v_form, true)
                    )
            when p_call.purpose like 'fetch\_%'
                then v_id = substring(p_call.path from '[^/]+$')
            else v_id ~ v_form
        end,
        false
    );
end;
$$;
alter function payment.is_answer_to(payment.gateway_calls, jsonb) owner to payment;
comment on function payment.is_answer_to(payment.gateway_calls, jsonb) is
$$Whether a successful answer is about what was asked: by its id, or an id of what was made.$$;
