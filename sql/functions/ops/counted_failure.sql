create or replace function ops.counted_failure(p_code text, p_details jsonb default null)
returns jsonb
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_response constant jsonb := ops.error_response(p_code, p_details);
begin
    perform set_config('response.status', v_response ->> 'status', true);
    return v_response -> 'body';
end;
$$;
alter function ops.counted_failure(text, jsonb) owner to ops;
grant execute on function ops.counted_failure(text, jsonb) to identity;
grant execute on function ops.counted_failure(text, jsonb) to pricing;
comment on function ops.counted_failure(text, jsonb) is
$$Answer an error of the register without raising it, so that a counter of attempts is committed.

The caller returns the value as its own result.$$;
