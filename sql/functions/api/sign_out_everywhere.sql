create or replace function api.sign_out_everywhere()
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
begin
    perform auth.require('customer', 'instructor');
    update identity.accounts as a
    set token_version = a.token_version + 1
    where a.id = auth.account_id();
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'account');
end;
$$;
alter function api.sign_out_everywhere() owner to identity;
grant execute on function api.sign_out_everywhere() to customer;
grant execute on function api.sign_out_everywhere() to instructor;
comment on function api.sign_out_everywhere() is
$$Revoke every access token of one's own account, in every studio, from the next request on.

For everybody who is signed in.$$;
