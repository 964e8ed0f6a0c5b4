create or replace function catalog.is_sold_by_weekday(p_section_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_is_sold boolean;
begin
    -- As a foreign key would: whoever ends the sale waits, and whoever comes then sees that it did.
    select s.sold_by_weekday into v_is_sold
    from catalog.sections as s
    where s.studio_id = auth.studio_id() and s.id = p_section_id
    for key share;
    return coalesce(v_is_sold, false);
end;
$$;
alter function catalog.is_sold_by_weekday(bigint) owner to catalog;
grant execute on function catalog.is_sold_by_weekday(bigint) to enrollment;
comment on function catalog.is_sold_by_weekday(bigint) is
$$Whether some weekdays of a section can be had alone, until the transaction is over.

For enrollment.$$;
