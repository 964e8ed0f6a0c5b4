create or replace function studio.holds_role(p_account_id bigint, p_role text)
returns boolean
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select exists (
        select
        from studio.memberships as m
        inner join pg_catalog.pg_roles as r on r.rolname = p_role
        where
            m.studio_id = auth.studio_id()
            and m.account_id = p_account_id
            and m.status = 'active'
            and p_role in ('instructor', 'staff', 'manager', 'owner', 'platform_admin')
            and pg_has_role(m.role, r.oid, 'member')
    )
$$;
alter function studio.holds_role(bigint, text) owner to studio;
grant execute on function studio.holds_role(bigint, text) to identity;
grant execute on function studio.holds_role(bigint, text) to auth;
comment on function studio.holds_role(bigint, text) is
$$Whether an account works for the studio in scope in this role or one above it.$$;
