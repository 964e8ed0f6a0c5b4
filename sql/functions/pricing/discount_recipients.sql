create or replace function pricing.discount_recipients(
    p_discount pricing.discounts,
    p_section_ids bigint[],
    p_items pricing.basket_item[],
    p_counted pricing.basket_item[]
)
returns table (cart_id bigint, student_id bigint, reached integer)
language plpgsql
immutable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    case p_discount.category
        when 'unconditional' then
            return query
            select distinct i.cart_id, i.student_id, null::integer
            from unnest(p_items) as i
            where i.term_id = p_discount.term_id;
        when 'students_in_family' then
            return query
            select n.cart_id, n.student_id, n.students
            from (
                select
                    i.cart_id,
                    i.student_id,
                    (count(*) over (partition by i.cart_id))::integer as students,
                    -- Who was there before is not the one who comes to reach the threshold.
                    row_number() over (
                        partition by i.cart_id order by bool_or(i.enrolled) desc, i.student_id
                    ) as number
                from unnest(p_items) as i
                where
                    i.term_id = p_discount.term_id
                    and (p_section_ids = '{}' or i.section_id = any(p_section_ids))
                group by i.cart_id, i.student_id
            ) as n
            where
                n.number = p_discount.threshold
                or (
                    p_discount.recipients = 'reaching_and_later'
                    and n.number > p_discount.threshold
                );
        when 'weekly_classes' then
            return query
            select w.cart_id, w.student_id, w.weekly_count
            from pricing.weekly_counts(
                array(
                    select i
                    from unnest(p_counted) as i
                    where
                        i.term_id = p_discount.term_id
                        and (p_section_ids = '{}' or i.section_id = any(p_section_ids))
                )
            ) as w
            where
                w.weekly_count >= p_discount.threshold
                and (
                    p_discount.recipients = 'reaching_and_later'
                    or w.enrolled_count < p_discount.threshold
                );
    end case;
end;
$$;
alter function pricing.discount_recipients(
    pricing.discounts, bigint[], pricing.basket_item[], pricing.basket_item[]
) owner to pricing;
comment on function pricing.discount_recipients(
    pricing.discounts, bigint[], pricing.basket_item[], pricing.basket_item[]
) is
$$Which students a discount is for, and how many there are of what it counts, null when of nothing.

Students of a family are counted those with confirmed classes first, then by id: reaching is the one
at the threshold. For weekly classes it is the order with which a student comes to have so many.
p_section_ids: what is counted, all when empty. p_counted: items that count for the rate step.$$;
