create or replace function studio.currency()
returns text
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select s.currency from studio.studios as s where s.id = auth.studio_id()
$$;
alter function studio.currency() owner to studio;
grant execute on function studio.currency() to domain;
comment on function studio.currency() is
$$The currency (ISO 4217) of the studio in scope. For domain roles.$$;
