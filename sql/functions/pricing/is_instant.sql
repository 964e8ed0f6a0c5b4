create or replace function pricing.is_instant(p_text text)
returns boolean
language plpgsql
immutable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform p_text::timestamptz;
    return true;
exception
    when
        datetime_field_overflow
        or invalid_datetime_format
        or invalid_time_zone_displacement_value
        then
        return false;
end;
$$;
alter function pricing.is_instant(text) owner to pricing;
comment on function pricing.is_instant(text) is
$$Whether a text with date, time and zone is one that the calendar has (no 30 February).$$;
