create or replace function studio.local_date(p_at timestamptz)
returns date
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select (p_at at time zone s.timezone)::date
        from studio.studios as s
        where s.id = auth.studio_id()
    );
end;
$$;
alter function studio.local_date(timestamptz) owner to studio;
grant execute on function studio.local_date(timestamptz) to domain;
comment on function studio.local_date(timestamptz) is
$$The date on the studio's wall at an instant. For domain roles.$$;
