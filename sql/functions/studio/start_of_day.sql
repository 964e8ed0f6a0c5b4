create or replace function studio.start_of_day(p_day date)
returns timestamptz
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select p_day::timestamp at time zone s.timezone
        from studio.studios as s
        where s.id = auth.studio_id()
    );
end;
$$;
alter function studio.start_of_day(date) owner to studio;
grant execute on function studio.start_of_day(date) to domain;
comment on function studio.start_of_day(date) is
$$The instant at which a local day of the studio begins. For domain roles.$$;
