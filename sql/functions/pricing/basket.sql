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
                    i.add_on_codes, i.enrolled, i.weekdays
                )::pricing.picked_item
            from enrollment.carts as c
            cross join lateral (
                select
                    i.student_id, i.section_id, i.tier_id, i.dates, i.add_on_codes,
                    false as enrolled, i.weekdays
                from enrollment.cart_items as i
                where
                    i.studio_id = v_studio_id
                    and i.family_id = c.family_id
                    and i.cart_id = c.id
                union all
                select e.student_id, e.section_id, e.tier_id, e.dates, null, true, e.weekdays
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.family_id = c.family_id
                    and e.status = 'confirmed'
                    -- What ends on a day to come has been settled.
                    and e.ended_on is null
                    -- Not by a join: to a planner that knows of few registrations, an index of
                    -- those of a term is as good as that of a family's.
                    and c.term_id = (
                        select r.term_id
                        from enrollment.registrations as r
                        where
                            r.studio_id = v_studio_id
                            and r.family_id = c.family_id
                            and r.id = e.registration_id
                    )
            ) as i
            where c.studio_id = v_studio_id and c.id = any(p_cart_ids)
        ),
        p_as_of
    );
end;
$$;
alter function pricing.basket(bigint[], timestamptz) owner to pricing;
comment on function pricing.basket(bigint[], timestamptz) is
$$The facts that carts are priced by: their items, and what is confirmed this term already.

All that a price depends on beside the rules, so that it can be made again from what was kept.$$;
