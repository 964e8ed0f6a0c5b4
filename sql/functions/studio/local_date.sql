create or replace function studio.local_date(p_at timestamptz)
returns date
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_timezone text;
begin
    select s.timezone into v_timezone
    from studio.studios as s
    where s.id = v_studio_id;
    return (p_at at time zone v_timezone)::date;
end;
$$;
alter function studio.local_date(timestamptz) owner to studio;
grant execute on function studio.local_date(timestamptz) to domain;
comment on function studio.local_date(timestamptz) is
$$The date on the studio's wall at an instant. For domain roles.$$;
