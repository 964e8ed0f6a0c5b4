create or replace function auth.require(variadic p_roles text[])
returns void
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_acting_role constant text := auth.acting_role();
    v_role text;
begin
    foreach v_role in array p_roles
    loop
        if pg_has_role(v_acting_role, v_role, 'member') then
            perform auth.studio_id();
            return;
        end if;
    end loop;
    if v_acting_role = 'anon' then
        perform ops.fail('sign_in_required');
    end if;
    perform ops.fail('not_allowed');
end;
$$;
alter function auth.require(text[]) owner to auth;
grant execute on function auth.require(text[]) to domain;
comment on function auth.require(text[]) is
$$The guard in the first line of every exposed function: go on only for one of these roles.

Roles above a named one pass too. Raises sign_in_required, not_allowed or studio_required.$$;
