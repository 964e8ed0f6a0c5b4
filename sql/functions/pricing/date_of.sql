create or replace function pricing.date_of(p_value jsonb)
returns date
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$' then
        return to_date(p_value #>> '{}', 'YYYY-MM-DD');
    end if;
    return null;
exception
    when datetime_field_overflow then
        return null;
end;
$$;
alter function pricing.date_of(jsonb) owner to pricing;
comment on function pricing.date_of(jsonb) is
$$The date that a JSON string spells as YYYY-MM-DD; null when it is none.$$;
