create or replace function pricing.items_left(
    p_items pricing.basket_item[], p_overrides pricing.line[]
)
returns pricing.basket_item[]
language plpgsql
immutable
parallel safe
as $$
begin
    if p_overrides = '{}' then
        return p_items;
    end if;
    return array(
        select i
        from unnest(p_items) as i
        where
            not exists (
                select
                from unnest(p_overrides) as l
                inner join unnest(p_items) as o
                    on l.student_id = o.student_id and l.section_id = o.section_id
                where
                    l.student_id = i.student_id
                    and (l.section_id = i.section_id or o.program_id = i.program_id)
            )
    );
end;
$$;
alter function pricing.items_left(pricing.basket_item[], pricing.line[]) owner to pricing;
comment on function pricing.items_left(pricing.basket_item[], pricing.line[]) is
$$What overrides leave of an order for the tables to price.

What an override prices is taken out; it keeps its fees. A program is paid once: the override of one
of its classes is its price.$$;
