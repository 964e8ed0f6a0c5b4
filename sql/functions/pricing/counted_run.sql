create or replace function pricing.counted_run(
    p_items pricing.basket_item[], p_student_id bigint, p_of_enrolled boolean, p_dates daterange
)
returns pricing.weekly_run
language plpgsql
immutable
parallel safe
as $$
declare
    v_run pricing.weekly_run;
    v_item pricing.basket_item;
    v_units bigint;
    v_units_left bigint;
    v_weekday smallint;
    -- A bit each that has been counted.
    v_weekdays integer := 0;
    v_last_start date;
    v_first_end date;
begin
    v_run.student_id := p_student_id;
    v_run.of_enrolled := p_of_enrolled;
    v_run.dates := p_dates;
    v_run.weekly_count := 0;
    v_run.is_paid := true;
    v_run.location_ids := array[]::bigint[];
    foreach v_item in array p_items
    loop
        continue when
            v_item.student_id <> p_student_id
            or v_item.price_mode <> 'standard'
            or (p_of_enrolled and not v_item.enrolled)
            or not p_dates @> v_item.starts_on;
        if not v_item.enrolled and v_item.tuition_proration in ('meetings', 'days') then
            v_run.proration := v_item.tuition_proration;
            if v_item.tuition_proration = 'meetings' then
                v_units := v_item.meetings::bigint;
                v_units_left := v_item.meetings_left::bigint;
            else
                v_units := v_item.days::bigint;
                v_units_left := v_item.days_left::bigint;
            end if;
            -- A section without any meeting has none, and none left.
            v_run.units := coalesce(v_run.units + v_units, v_run.units, v_units);
            v_run.units_left
            := coalesce(v_run.units_left + v_units_left, v_run.units_left, v_units_left);
        end if;
        continue when coalesce(cardinality(v_item.weekdays), 0) = 0;
        v_run.basis := v_item.rate_step_basis;
        v_run.is_paid := v_run.is_paid and v_item.enrolled;
        v_last_start := greatest(v_last_start, v_item.starts_on);
        v_first_end := least(v_first_end, v_item.ends_on);
        if coalesce(v_item.location_id, 0) <> all(v_run.location_ids) then
            v_run.location_ids := v_run.location_ids || coalesce(v_item.location_id, 0);
        end if;
        foreach v_weekday in array v_item.weekdays
        loop
            if v_item.rate_step_basis <> 'distinct_weekdays' or v_weekdays & (1 << v_weekday) = 0
            then
                v_run.weekly_count := v_run.weekly_count + 1;
                v_weekdays := v_weekdays | (1 << v_weekday);
            end if;
        end loop;
    end loop;
    v_run.is_joined := v_last_start > v_first_end;
    return v_run;
end;
$$;
alter function pricing.counted_run(
    pricing.basket_item[], bigint, boolean, daterange
) owner to pricing;
comment on function pricing.counted_run(pricing.basket_item[], bigint, boolean, daterange) is
$$What a student has in a stretch of the term: how many weekly classes, where, what is left of them.

p_items: of one order. p_of_enrolled: of what is confirmed only. weekly_count is 0 where none of the
classes meets weekly.$$;
