create or replace function studio.alert_account_ids(p_lane text, p_is_escalated boolean)
returns setof bigint
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    with members as (
        select
            m.account_id,
            m.role,
            bool_or(m.role = 'platform_admin') over () as has_developers
        from studio.memberships as m
        where m.studio_id = auth.studio_id() and m.status = 'active'
    )

    select distinct m.account_id
    from members as m
    where
        case
            when p_lane = 'developer' and m.has_developers then m.role = 'platform_admin'
            else m.role in ('staff', 'manager', 'owner')
        end
        or (p_is_escalated and m.role = 'owner')
$$;
alter function studio.alert_account_ids(text, boolean) owner to studio;
grant execute on function studio.alert_account_ids(text, boolean) to messaging;
comment on function studio.alert_account_ids(text, boolean) is
$$The accounts that are told when something about money needs somebody. For messaging.

office: who works there; developer: the studio's platform admins, or the office where it has
none. Of what is escalated its owners are told as well.$$;
