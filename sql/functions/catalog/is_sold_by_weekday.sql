create or replace function catalog.is_sold_by_weekday(p_section_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- As a foreign key would: whoever ends the sale waits for this, and this for whoever ends it.
    -- What it is then, only a second statement sees.
    perform
    from catalog.sections as s
    where s.studio_id = auth.studio_id() and s.id = p_section_id
    for key share;
    return exists (
        select
        from catalog.sections as s
        where s.studio_id = auth.studio_id() and s.id = p_section_id and s.sold_by_weekday
    );
end;
$$;
alter function catalog.is_sold_by_weekday(bigint) owner to catalog;
grant execute on function catalog.is_sold_by_weekday(bigint) to enrollment;
comment on function catalog.is_sold_by_weekday(bigint) is
$$Whether some weekdays of a section can be had alone, until the transaction is over.

For enrollment.$$;
