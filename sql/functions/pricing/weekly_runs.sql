create or replace function pricing.weekly_runs(p_items pricing.basket_item[])
returns pricing.weekly_run[]
language plpgsql
immutable
as $$
begin
    return array(
        with standard as (
            select i.*
            from unnest(p_items) as i
            where i.price_mode = 'standard'
        ),

        runs as (
            select
                i.student_id,
                e.of_enrolled,
                unnest(
                    range_agg(daterange(i.starts_on, greatest(i.ends_on, i.starts_on + 1)))
                ) as dates
            from standard as i
            inner join (values (false), (true)) as e (of_enrolled)
                on i.enrolled or not e.of_enrolled
            group by i.student_id, e.of_enrolled
        )

        select
            (
                u.student_id,
                u.of_enrolled,
                u.dates,
                case i.rate_step_basis
                    when 'distinct_weekdays' then count(distinct w.weekday)
                    else count(w.weekday)
                end
            )::pricing.weekly_run
        from runs as u
        inner join standard as i
            on
                u.student_id = i.student_id
                and u.dates @> i.starts_on
                and (i.enrolled or not u.of_enrolled)
        cross join lateral unnest(i.weekdays) as w (weekday)
        group by u.student_id, u.of_enrolled, u.dates, i.rate_step_basis
        order by u.student_id, u.of_enrolled, u.dates
    );
end;
$$;
alter function pricing.weekly_runs(pricing.basket_item[]) owner to pricing;
comment on function pricing.weekly_runs(pricing.basket_item[]) is
$$How many weekly classes each student of an order has, by stretch of time.$$;
