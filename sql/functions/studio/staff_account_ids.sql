create or replace function studio.staff_account_ids()
returns setof bigint
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select distinct m.account_id
    from studio.memberships as m
    where
        m.studio_id = auth.studio_id()
        and m.status = 'active'
        and m.role in ('staff', 'manager', 'owner')
$$;
alter function studio.staff_account_ids() owner to studio;
grant execute on function studio.staff_account_ids() to messaging;
comment on function studio.staff_account_ids() is
$$The accounts of those who work in the studio's office. For messaging.$$;
