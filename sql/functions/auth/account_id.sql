create or replace function auth.account_id()
returns bigint
language plpgsql
stable
parallel restricted
as $$
begin
    if session_user not in ('authenticator', 'scheduler', 'thin_api', 'deploy') then
        return null;
    end if;
    return nullif(current_setting('callboard.account_id', true), '')::bigint;
end;
$$;
alter function auth.account_id() owner to auth;
grant execute on function auth.account_id() to anon;
grant execute on function auth.account_id() to customer;
grant execute on function auth.account_id() to instructor;
grant execute on function auth.account_id() to domain;
grant execute on function auth.account_id() to ops;
comment on function auth.account_id() is
$$The account that is signed in, null for anonymous callers, jobs and the shim.$$;
