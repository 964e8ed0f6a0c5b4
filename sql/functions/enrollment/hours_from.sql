create or replace function enrollment.hours_from(p_day date)
returns tstzmultirange
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return tstzmultirange(tstzrange(studio.start_of_day(p_day), null));
end;
$$;
alter function enrollment.hours_from(date) owner to enrollment;
comment on function enrollment.hours_from(date) is
$$The minutes from the beginning of a local day on, without an end.$$;
