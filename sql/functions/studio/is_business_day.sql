create or replace function studio.is_business_day(p_day date)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return extract(isodow from p_day) <= 5
    and not exists (
        select
        from studio.closures as c
        where
            c.studio_id = auth.studio_id()
            and p_day between c.starts_on and c.ends_on
    );
end;
$$;
alter function studio.is_business_day(date) owner to studio;
grant execute on function studio.is_business_day(date) to domain;
comment on function studio.is_business_day(date) is
$$Whether a studio does business on a local day: Monday to Friday without its closures.

For domain roles.$$;
