create or replace function studio.local_time(p_at timestamptz)
returns time
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select (p_at at time zone s.timezone)::time
        from studio.studios as s
        where s.id = auth.studio_id()
    );
end;
$$;
alter function studio.local_time(timestamptz) owner to studio;
grant execute on function studio.local_time(timestamptz) to domain;
comment on function studio.local_time(timestamptz) is
$$The time on the studio's wall at an instant. For domain roles.$$;
