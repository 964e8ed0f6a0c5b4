create or replace function pricing.weekly_counts(p_items pricing.basket_item[])
returns table (
    cart_id bigint, student_id bigint, weekly_count integer, enrolled_count integer
)
language plpgsql
immutable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    with standard as (
        select i.*
        from unnest(p_items) as i
        where i.price_mode = 'standard'
    ),

    -- As for the rate table: what doesn't run at the same time of the year is counted apart, and
    -- what is confirmed is looked at by itself, too.
    runs as (
        select
            i.cart_id,
            i.student_id,
            e.of_enrolled,
            unnest(
                range_agg(daterange(i.starts_on, greatest(i.ends_on, i.starts_on + 1)))
            ) as dates
        from standard as i
        inner join (values (false), (true)) as e (of_enrolled) on i.enrolled or not e.of_enrolled
        group by i.cart_id, i.student_id, e.of_enrolled
    ),

    counts as (
        select
            u.cart_id,
            u.student_id,
            u.of_enrolled,
            case i.rate_step_basis
                when 'distinct_weekdays' then count(distinct w.weekday)
                else count(w.weekday)
            end::integer as weekly_count
        from runs as u
        inner join standard as i
            on
                u.cart_id = i.cart_id
                and u.student_id = i.student_id
                and u.dates @> i.starts_on
                and (i.enrolled or not u.of_enrolled)
        cross join lateral unnest(i.weekdays) as w (weekday)
        group by u.cart_id, u.student_id, u.of_enrolled, u.dates, i.rate_step_basis
    )

    select
        c.cart_id,
        c.student_id,
        max(c.weekly_count) filter (where not c.of_enrolled),
        coalesce(max(c.weekly_count) filter (where c.of_enrolled), 0)
    from counts as c
    group by c.cart_id, c.student_id;
end;
$$;
alter function pricing.weekly_counts(pricing.basket_item[]) owner to pricing;
comment on function pricing.weekly_counts(pricing.basket_item[]) is
$$How many weekly classes each student has, with the cart and confirmed already.

Counted as for the rate step: standard classes, on the basis of the setting, the most in any part
of the term.$$;
