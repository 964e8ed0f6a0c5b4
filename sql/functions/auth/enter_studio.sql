create or replace function auth.enter_studio(p_studio_id integer)
returns void
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform set_config('callboard.studio_id', p_studio_id::text, true);
    perform set_config('callboard.family_id', '', true);
    perform set_config('callboard.account_id', '', true);
end;
$$;
alter function auth.enter_studio(integer) owner to auth;
grant execute on function auth.enter_studio(integer) to payment;
grant execute on function auth.enter_studio(integer) to messaging;
grant execute on function auth.enter_studio(integer) to scheduler;
grant execute on function auth.enter_studio(integer) to deploy;
comment on function auth.enter_studio(integer) is
$$Put one studio, and no family, in scope until the end of the transaction.

For jobs, shim and operators.$$;
