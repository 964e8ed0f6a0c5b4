create or replace function pricing.engine_version()
returns integer
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return 5;
end;
$$;
alter function pricing.engine_version() owner to pricing;
comment on function pricing.engine_version() is
$$Version of the pricing pipeline; raised when the same facts and rules would give other lines.$$;
