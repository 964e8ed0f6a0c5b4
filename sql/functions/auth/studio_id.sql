create or replace function auth.studio_id()
returns integer
language plpgsql
stable
parallel restricted
as $$
declare
    v_studio_id constant text := nullif(current_setting('callboard.studio_id', true), '');
begin
    -- Any login can set a setting; it counts only for logins of our own.
    if
        v_studio_id is null
        or session_user not in ('authenticator', 'scheduler', 'thin_api', 'deploy')
    then
        perform ops.fail('studio_required');
    end if;
    return v_studio_id::integer;
end;
$$;
alter function auth.studio_id() owner to auth;
grant execute on function auth.studio_id() to anon;
grant execute on function auth.studio_id() to customer;
grant execute on function auth.studio_id() to instructor;
grant execute on function auth.studio_id() to domain;
grant execute on function auth.studio_id() to ops;
grant execute on function auth.studio_id() to scheduler;
grant execute on function auth.studio_id() to thin_api;
comment on function auth.studio_id() is
$$The studio in scope of this transaction; raises studio_required when there is none.$$;
