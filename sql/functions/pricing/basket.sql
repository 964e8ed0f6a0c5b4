create or replace function pricing.basket(
    p_cart_ids bigint[], p_as_of timestamptz default now()
)
returns pricing.basket_item[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return pricing.basket_items(
        array(
            select
                (
                    c.id, c.family_id, c.term_id, i.student_id, i.section_id, i.tier_id, i.dates,
                    i.add_on_codes, false
                )::pricing.picked_item
            from enrollment.carts as c
            inner join enrollment.cart_items as i
                on c.studio_id = i.studio_id and c.family_id = i.family_id and c.id = i.cart_id
            where c.studio_id = v_studio_id and c.id = any(p_cart_ids)
            union all
            select
                (
                    c.id, c.family_id, c.term_id, e.student_id, e.section_id, e.tier_id, e.dates,
                    null, true
                )::pricing.picked_item
            from enrollment.carts as c
            inner join enrollment.registrations as r
                on
                    c.studio_id = r.studio_id
                    and c.family_id = r.family_id
                    and c.term_id = r.term_id
            inner join enrollment.enrollments as e
                on
                    r.studio_id = e.studio_id
                    and r.family_id = e.family_id
                    and r.id = e.registration_id
            where
                c.studio_id = v_studio_id
                and c.id = any(p_cart_ids)
                and e.status = 'confirmed'
        ),
        p_as_of
    );
end;
$$;
alter function pricing.basket(bigint[], timestamptz) owner to pricing;
comment on function pricing.basket(bigint[], timestamptz) is
$$The facts that carts are priced by: their items, and what is confirmed this term already.

All that a price depends on beside the rules, so that it can be made again from what was kept.$$;
