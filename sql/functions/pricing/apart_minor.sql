create or replace function pricing.apart_minor(
    p_items pricing.basket_item[],
    p_run pricing.weekly_run,
    p_rates pricing.rates[],
    p_division_id bigint,
    p_list_id bigint
)
returns bigint
language plpgsql
immutable
parallel safe
as $$
declare
    v_items constant pricing.basket_item [] := array(
        select i
        from unnest(p_items) as i
        where
            i.student_id = p_run.student_id
            and i.price_mode = 'standard'
            and (i.enrolled or not p_run.of_enrolled)
            and p_run.dates @> i.starts_on
            and cardinality(i.weekdays) > 0
    );
    v_end date;
    v_ends date [];
    v_sums bigint [];
begin
    -- The most that classes over by a date cost: those between some date and this one together,
    -- with the most that those over by then cost.
    for v_end in select distinct i.ends_on from unnest(v_items) as i order by i.ends_on
    loop
        v_sums := v_sums || (
            select max(r.amount_minor + b.sum_minor)
            from (select distinct i.starts_on from unnest(v_items) as i) as s
            cross join lateral (
                select
                    case p_run.basis
                        when 'distinct_weekdays' then count(distinct w.weekday) else count(*)
                    end as weekly_count
                from unnest(v_items) as i
                cross join lateral unnest(i.weekdays) as w (weekday)
                where i.starts_on >= s.starts_on and i.ends_on <= v_end
            ) as c
            inner join unnest(p_rates) as r
                on
                    r.term_id = p_items[1].term_id
                    and r.division_id = p_division_id
                    and coalesce(r.location_id, 0) = p_list_id
                    and r.weekly_count = c.weekly_count
            cross join lateral (
                select coalesce(max(e.sum_minor), 0) as sum_minor
                from unnest(v_ends, v_sums) as e (ends_on, sum_minor)
                where e.ends_on < s.starts_on
            ) as b
        );
        v_ends := v_ends || v_end;
    end loop;
    return (select max(u.sum_minor) from unnest(v_sums) as u (sum_minor));
end;
$$;
alter function pricing.apart_minor(
    pricing.basket_item[], pricing.weekly_run, pricing.rates[], bigint, bigint
) owner to pricing;
comment on function pricing.apart_minor(
    pricing.basket_item[], pricing.weekly_run, pricing.rates[], bigint, bigint
) is
$$The most that a run's classes cost by the rate table, minor units, some taken without the rest.

For classes that some other one joins in time: two halves of a term, and one that lasts all of it.
p_list_id: the location whose price list it is, 0: the list of all that have none of their own.$$;
