create or replace function pricing.add_on_lines(
    p_items pricing.basket_item[], p_as_of timestamptz
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_missing record;
begin
    -- Asked for, and not to be had any more: to leave it out silently would be another order.
    if
        exists (
            select from unnest(p_items) as i where cardinality(i.add_on_codes) > 0 and not i.enrolled
        )
    then
        select c.code, k.title, i.student_id, i.section_id into v_missing
        from unnest(p_items) as i
        cross join lateral unnest(i.add_on_codes) as c (code)
        inner join catalog.classes as k on k.studio_id = v_studio_id and i.class_id = k.id
        where
            not i.enrolled
            and not exists (
                select
                from pricing.add_ons as a
                where
                    a.studio_id = v_studio_id
                    and a.section_id = i.section_id
                    and a.code = c.code
                    and p_as_of >= a.valid_from
                    and (a.superseded_at is null or a.superseded_at > p_as_of)
            )
        order by i.cart_id, i.student_id, i.section_id, c.code
        limit 1;
        if found then
            perform ops.fail('add_on_unknown', to_jsonb(v_missing));
        end if;
    end if;
    return query
    select
        i.cart_id,
        i.student_id,
        'add_on',
        a.code,
        i.section_id,
        jsonb_build_object('required', a.required),
        a.amount_minor,
        'pricing.add_ons',
        a.id,
        a.version
    from unnest(p_items) as i
    inner join pricing.add_ons as a
        on
            a.studio_id = v_studio_id
            and i.section_id = a.section_id
            and p_as_of >= a.valid_from
            and (a.superseded_at is null or a.superseded_at > p_as_of)
    left join (
        select distinct p.cart_id, p.student_id, p.section_id
        from unnest(p_items) as p
        where p.enrolled
    ) as e
        on
            i.cart_id = e.cart_id
            and i.student_id = e.student_id
            and i.section_id = e.section_id
    where
        not i.enrolled
        -- More dates of a section that is sold by date don't cause a required one again.
        and case when a.required then e.cart_id is null else a.code = any(i.add_on_codes) end
    order by i.cart_id, i.student_id, i.section_id, a.position, a.code;
end;
$$;
alter function pricing.add_on_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.add_on_lines(pricing.basket_item[], timestamptz) is
$$Stage 4: what is had beside a section, once a student: required, or asked for.

A required one is not charged to a student who has the section already, on other dates.
At the price of the instant, whatever it was when it was asked for. Raises add_on_unknown where
something asked for is not to be had any more.$$;
