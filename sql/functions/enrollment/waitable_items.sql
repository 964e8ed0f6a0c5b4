create or replace function enrollment.waitable_items(p_cart_item_ids bigint[], p_held_on date)
returns table (
    cart_id bigint,
    section_id bigint,
    student_ids bigint[],
    tier text,
    held_on date,
    weekdays smallint[]
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_items record;
begin
    select
        count(*) as items,
        count(distinct i.cart_id) as carts,
        count(
            distinct row(i.section_id, i.tier_id, i.weekdays, case when p_held_on is null then i.dates end)
        ) as picks,
        bool_and(p_held_on is null or p_held_on = any(i.dates)) as has_date,
        max(cardinality(i.dates)) as dates,
        bool_or(c.kind = 'waitlist') as is_waiting,
        bool_and(c.status = 'open') as is_open
    into strict v_items
    from enrollment.cart_items as i
    inner join enrollment.carts as c
        on i.studio_id = c.studio_id and i.family_id = c.family_id and i.cart_id = c.id
    where
        i.studio_id = v_studio_id
        and i.family_id = v_family_id
        and i.id = any(p_cart_item_ids);
    if v_items.items = 0 or v_items.items <> cardinality(p_cart_item_ids) or v_items.carts <> 1 then
        perform ops.fail('cart_item_not_found');
    elsif v_items.is_waiting then
        perform ops.fail('cart_is_waiting');
    elsif not v_items.is_open then
        perform ops.fail('cart_closed');
    elsif v_items.picks <> 1 then
        perform ops.fail('group_differs');
    elsif v_items.dates > 1 and p_held_on is null then
        perform ops.fail('waitlist_date_required');
    elsif not coalesce(v_items.has_date, false) then
        perform ops.fail('waitlist_wish_invalid');
    end if;
    return query
    select
        min(i.cart_id),
        min(i.section_id),
        array_agg(i.student_id order by i.student_id),
        min(t.code),
        coalesce(p_held_on, min(i.dates[1])),
        min(i.weekdays)
    from enrollment.cart_items as i
    left join catalog.section_tiers as t on i.studio_id = t.studio_id and i.tier_id = t.id
    where
        i.studio_id = v_studio_id
        and i.family_id = v_family_id
        and i.id = any(p_cart_item_ids);
end;
$$;
alter function enrollment.waitable_items(bigint[], date) owner to enrollment;
comment on function enrollment.waitable_items(bigint[], date) is
$$What some items of a cart want, as a wish of several students who want in together.

p_held_on: which of their dates; null: they have at most one. Raises cart_item_not_found,
cart_is_waiting, cart_closed, group_differs, waitlist_date_required, waitlist_wish_invalid.$$;
