create or replace function ops.error_response(p_code text, p_details jsonb default null)
returns jsonb
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_status integer;
    v_message text;
    v_key text;
    v_value text;
begin
    select r.status, r.message into v_status, v_message
    from ops.error_register() as r
    where r.code = p_code;
    if not found then
        raise exception 'error code % is not in the register', p_code;
    end if;
    for v_key, v_value in
        select d.key, d.value from jsonb_each_text(coalesce(p_details, '{}')) as d
    loop
        v_message := replace(v_message, '{' || v_key || '}', coalesce(v_value, ''));
    end loop;
    return jsonb_build_object(
        'status', v_status,
        'body', jsonb_build_object(
            'code', p_code, 'message', v_message, 'details', p_details::text, 'hint', null
        )
    );
end;
$$;
alter function ops.error_response(text, jsonb) owner to ops;
grant execute on function ops.error_response(text, jsonb) to anon;
grant execute on function ops.error_response(text, jsonb) to customer;
grant execute on function ops.error_response(text, jsonb) to instructor;
grant execute on function ops.error_response(text, jsonb) to domain;
grant execute on function ops.error_response(text, jsonb) to thin_api;
grant execute on function ops.error_response(text, jsonb) to scheduler;
comment on function ops.error_response(text, jsonb) is
$$The HTTP status and the body {code, message, details, hint} of an error of the register.$$;
