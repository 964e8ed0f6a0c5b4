create or replace function auth.acting_role()
returns text
language plpgsql
stable
parallel restricted
as $$
declare
    v_role constant text := current_setting('role');
begin
    -- The role a request was switched to; it stays visible inside definer functions.
    return case when v_role = 'none' then session_user::text else v_role end;
end;
$$;
alter function auth.acting_role() owner to auth;
grant execute on function auth.acting_role() to domain;
grant execute on function auth.acting_role() to ops;
comment on function auth.acting_role() is
$$The role as which this transaction was entered: that of the request, or the login itself.$$;
