create or replace function studio.managers()
returns setof bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select distinct m.account_id
    from studio.memberships as m
    where
        m.studio_id = auth.studio_id()
        and m.status = 'active'
        and m.role in ('manager', 'owner')
    order by m.account_id;
end;
$$;
alter function studio.managers() owner to studio;
grant execute on function studio.managers() to messaging;
comment on function studio.managers() is
$$The accounts that run the studio in scope: its managers and owners. For messaging.$$;
