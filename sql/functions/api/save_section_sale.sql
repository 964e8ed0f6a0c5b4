create or replace function api.save_section_sale(section_id bigint, sold_by_weekday boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_section record;
begin
    perform auth.require('manager');
    if save_section_sale.sold_by_weekday is null then
        perform ops.fail('sale_invalid');
    end if;
    select s.price_mode, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where s.studio_id = auth.studio_id() and s.id = save_section_sale.section_id;
    if not found then
        perform ops.fail('section_not_found');
    elsif save_section_sale.sold_by_weekday and v_section.price_mode <> 'standard' then
        perform ops.fail('weekdays_by_rate_only', jsonb_build_object('title', v_section.title));
    end if;
    update catalog.sections as s
    set sold_by_weekday = save_section_sale.sold_by_weekday
    where
        s.studio_id = auth.studio_id()
        and s.id = save_section_sale.section_id
        and s.sold_by_weekday <> save_section_sale.sold_by_weekday;
end;
$$;
alter function api.save_section_sale(bigint, boolean) owner to catalog;
grant execute on function api.save_section_sale(bigint, boolean) to manager;
comment on function api.save_section_sale(bigint, boolean) is
$$Say whether some weekdays of a section can be had without the others.

For managers. Only a class by rate table can be sold so; its rates count the weekdays that were
picked. Nobody is asked what is in a cart: once the sale ends, a checkout of weekdays is refused.
Errors: sale_invalid, section_not_found, weekdays_by_rate_only, weekdays_sold while students have
some of its weekdays only, or wait for them.$$;
