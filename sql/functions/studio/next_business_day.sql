create or replace function studio.next_business_day(p_day date)
returns date
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select d.day
        from (
            -- No closure is longer than a year; one may follow another.
            select p_day + n.days as day from generate_series(1, 800) as n (days)
        ) as d
        where studio.is_business_day(d.day)
        order by d.day
        limit 1
    );
end;
$$;
alter function studio.next_business_day(date) owner to studio;
grant execute on function studio.next_business_day(date) to domain;
comment on function studio.next_business_day(date) is
$$The first business day after a local day; null: none within two years. For domain roles.$$;
