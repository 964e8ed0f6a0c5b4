create or replace function studio.active_studio_ids()
returns setof integer
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select s.id from studio.studios as s order by s.id
$$;
alter function studio.active_studio_ids() owner to studio;
grant execute on function studio.active_studio_ids() to scheduler;
grant execute on function studio.active_studio_ids() to payment;
grant execute on function studio.active_studio_ids() to messaging;
comment on function studio.active_studio_ids() is
$$The ids of all studios, for what goes through them one by one: jobs, shim and courier.$$;
