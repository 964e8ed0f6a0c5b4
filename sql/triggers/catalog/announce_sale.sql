create or replace function catalog.announce_sale()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if new.studio_id <> auth.studio_id() then
        perform ops.fail('studio_mismatch');
    end if;
    -- Whoever is just taking weekdays of it (catalog.is_sold_by_weekday()) is waited for.
    perform
    from catalog.sections as s
    where s.studio_id = new.studio_id and s.id = new.id
    for update;
    perform ops.emit(
        'section.sale_set',
        new.id,
        null,
        jsonb_build_object('sold_by_weekday', new.sold_by_weekday)
    );
    return null;
end;
$$;
alter function catalog.announce_sale() owner to catalog;
comment on function catalog.announce_sale() is
$$Tell the other domains whether a section is sold by weekday from now on.$$;

create or replace trigger _200_announce_sale
after update of sold_by_weekday on catalog.sections
for each row when (old.sold_by_weekday <> new.sold_by_weekday)
execute function catalog.announce_sale();
