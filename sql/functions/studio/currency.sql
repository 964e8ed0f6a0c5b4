create or replace function studio.currency()
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (select s.currency from studio.studios as s where s.id = auth.studio_id());
end;
$$;
alter function studio.currency() owner to studio;
grant execute on function studio.currency() to domain;
comment on function studio.currency() is
$$The currency (ISO 4217) of the studio in scope. For domain roles.$$;
