create or replace function studio.dates_text(p_dates date[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select string_agg(to_char(d.held_on, 'Mon FMDD'), ', ' order by d.held_on)
        from unnest(p_dates) as d (held_on)
    );
end;
$$;
alter function studio.dates_text(date[]) owner to studio;
grant execute on function studio.dates_text(date[]) to domain;
comment on function studio.dates_text(date[]) is
$$Dates in words, in their order: "Jan 5, Jan 12". For all domains.$$;
