create or replace function api.remove_closure(closure_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform auth.require('manager');
    delete from studio.closures as c
    where c.studio_id = auth.studio_id() and c.id = remove_closure.closure_id;
    if not found then
        perform ops.fail('closure_not_found');
    end if;
    return jsonb_build_object('closure_id', remove_closure.closure_id);
end;
$$;
alter function api.remove_closure(bigint) owner to studio;
grant execute on function api.remove_closure(bigint) to manager;
comment on function api.remove_closure(bigint) is
$$Take back that the studio is closed on some days.

For managers. Answers {closure_id}. Errors: closure_not_found.$$;
