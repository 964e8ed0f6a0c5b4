create or replace function pricing.weekly_runs(p_items pricing.basket_item[])
returns pricing.weekly_run[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_runs pricing.weekly_run [] := array[]::pricing.weekly_run[];
    v_item pricing.basket_item;
    v_first integer := 1;
    v_of_enrolled boolean;
    -- When the student's classes take place: all of them, and those that are confirmed.
    v_all datemultirange;
    v_enrolled datemultirange;
    v_spans datemultirange;
    v_span daterange;
begin
    for v_last in 1..cardinality(p_items)
    loop
        v_item := p_items[v_last];
        if v_item.price_mode = 'standard' then
            v_spans := datemultirange(
                daterange(v_item.starts_on, greatest(v_item.ends_on, v_item.starts_on + 1))
            );
            v_all := coalesce(v_all + v_spans, v_spans);
            if v_item.enrolled then
                v_enrolled := coalesce(v_enrolled + v_spans, v_spans);
            end if;
        end if;
        -- Another student's follows, or none: these were all of the student's.
        continue when v_item.student_id = p_items[v_last + 1].student_id;
        v_of_enrolled := false;
        while v_all is not null
        loop
            v_span := range_merge(v_all);
            if v_all <> datemultirange(v_span) then
                -- Two halves of a term are two runs; the first of them.
                v_span := (select u.span from unnest(v_all) as u (span) limit 1);
            end if;
            declare
                v_basis text;
                v_weekly_count integer := 0;
                v_is_paid boolean := true;
                v_last_start date;
                v_first_end date;
                v_location_ids bigint [] := array[]::bigint[];
                v_proration text;
                v_units bigint;
                v_units_left bigint;
                v_weekday smallint;
                -- A bit each that there is a class on.
                v_weekdays integer := 0;
            begin
                for v_number in v_first..v_last
                loop
                    v_item := p_items[v_number];
                    continue when
                        v_item.price_mode <> 'standard'
                        or (v_of_enrolled and not v_item.enrolled)
                        or not v_span @> v_item.starts_on;
                    if not v_item.enrolled and v_item.tuition_proration in ('meetings', 'days') then
                        v_proration := v_item.tuition_proration;
                        -- A section without any meeting has none, and none left.
                        if v_proration = 'meetings' then
                            v_units
                            := coalesce(v_units + v_item.meetings, v_units, v_item.meetings);
                            v_units_left := coalesce(
                                v_units_left + v_item.meetings_left,
                                v_units_left,
                                v_item.meetings_left
                            );
                        else
                            v_units := coalesce(v_units + v_item.days, v_units, v_item.days);
                            v_units_left := coalesce(
                                v_units_left + v_item.days_left, v_units_left, v_item.days_left
                            );
                        end if;
                    end if;
                    continue when coalesce(cardinality(v_item.weekdays), 0) = 0;
                    v_basis := v_item.rate_step_basis;
                    v_is_paid := v_is_paid and v_item.enrolled;
                    v_last_start := greatest(v_last_start, v_item.starts_on);
                    v_first_end := least(v_first_end, v_item.ends_on);
                    if coalesce(v_item.location_id, 0) <> all(v_location_ids) then
                        v_location_ids
                        := array_append(v_location_ids, coalesce(v_item.location_id, 0));
                    end if;
                    if v_basis <> 'distinct_weekdays' then
                        v_weekly_count := v_weekly_count + cardinality(v_item.weekdays);
                        continue;
                    end if;
                    foreach v_weekday in array v_item.weekdays
                    loop
                        v_weekdays := v_weekdays | (1 << v_weekday);
                    end loop;
                    v_weekly_count := bit_count(v_weekdays::bit(8))::integer;
                end loop;
                if v_weekly_count > 0 then
                    v_runs := array_append(
                        v_runs,
                        (
                            v_item.student_id,
                            v_of_enrolled,
                            v_span,
                            v_basis,
                            v_weekly_count,
                            v_is_paid,
                            v_last_start > v_first_end,
                            v_location_ids,
                            v_proration,
                            v_units,
                            v_units_left
                        )::pricing.weekly_run
                    );
                end if;
            end;
            v_all := nullif(v_all - datemultirange(v_span), '{}');
            if v_all is null and not v_of_enrolled then
                v_all := v_enrolled;
                v_enrolled := null;
                v_of_enrolled := true;
            end if;
        end loop;
        v_first := v_last + 1;
    end loop;
    return v_runs;
end;
$$;
alter function pricing.weekly_runs(pricing.basket_item[]) owner to pricing;
comment on function pricing.weekly_runs(pricing.basket_item[]) is
$$The stretches of the term in which an order's students have standard classes side by side.

Classes that don't run at the same time of the year (two halves of a term) are counted apart; what
overlaps is counted together: how many weekly classes, where, what is left of them. What is
confirmed is in the counts, and has runs of its own behind. p_items: of one order, student by
student.$$;
