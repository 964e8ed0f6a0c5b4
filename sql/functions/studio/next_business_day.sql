create or replace function studio.next_business_day(p_day date)
returns date
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_day date := p_day;
begin
    -- No closure is longer than a year; some may follow one another.
    for v_days in 1..1500
    loop
        v_day := v_day + 1;
        exit when studio.is_business_day(v_day);
    end loop;
    return v_day;
end;
$$;
alter function studio.next_business_day(date) owner to studio;
grant execute on function studio.next_business_day(date) to domain;
comment on function studio.next_business_day(date) is
$$The first business day after a local day. For domain roles.$$;
