create or replace function ops.fail(p_code text, p_details jsonb default null)
returns void
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_response constant jsonb := ops.error_response(p_code, p_details);
begin
    -- PostgREST takes status and body of this SQLSTATE as they are.
    raise sqlstate 'PGRST' using
        message = (v_response -> 'body')::text,
        detail = jsonb_build_object('status', v_response -> 'status', 'headers', '{}'::jsonb)::text;
end;
$$;
alter function ops.fail(text, jsonb) owner to ops;
grant execute on function ops.fail(text, jsonb) to anon;
grant execute on function ops.fail(text, jsonb) to customer;
grant execute on function ops.fail(text, jsonb) to instructor;
grant execute on function ops.fail(text, jsonb) to domain;
grant execute on function ops.fail(text, jsonb) to thin_api;
grant execute on function ops.fail(text, jsonb) to scheduler;
comment on function ops.fail(text, jsonb) is
$$Raise an error of the register; everything of the transaction is undone.

The only function that raises errors meant for callers. Details are for programs: ids, counts,
codes.$$;
