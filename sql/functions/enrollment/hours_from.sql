create or replace function enrollment.hours_from(p_day date)
returns tstzmultirange
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select tstzmultirange(tstzrange(p_day::timestamp at time zone s.timezone, null))
        from studio.studios as s
        where s.id = auth.studio_id()
    );
end;
$$;
alter function enrollment.hours_from(date) owner to enrollment;
comment on function enrollment.hours_from(date) is
$$The minutes from the beginning of a local day on, without an end.$$;
