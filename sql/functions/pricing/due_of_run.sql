create or replace function pricing.due_of_run(
    p_run pricing.weekly_run,
    p_runs pricing.weekly_run[],
    p_division pricing.student_division,
    p_items pricing.basket_item[],
    p_named_divisions jsonb,
    p_rates pricing.rates[],
    p_engine_version integer,
    out rate_id bigint,
    out rate_version integer,
    out step_minor bigint,
    out full_minor bigint,
    out location_id bigint,
    out enrolled_count integer,
    out enrolled_minor bigint,
    out due_minor bigint
)
language plpgsql
stable
parallel safe
as $$
declare
    v_part pricing.weekly_run;
    v_rate record;
begin
    v_rate := pricing.rate_of_run(
        p_run, p_division.division_id, p_items, p_rates, p_engine_version
    );
    rate_id := v_rate.id;
    rate_version := v_rate.version;
    step_minor := v_rate.step_minor;
    full_minor := v_rate.amount_minor;
    location_id := v_rate.location_id;
    enrolled_count := 0;
    enrolled_minor := 0::bigint;
    if p_division.enrolled_division_id is not null then
        foreach v_part in array p_runs
        loop
            continue when
                not v_part.of_enrolled
                or v_part.student_id <> p_run.student_id
                or not p_run.dates @> v_part.dates;
            v_rate := pricing.rate_of_run(
                v_part, p_division.enrolled_division_id, p_items, p_rates, p_engine_version
            );
            enrolled_count := enrolled_count + v_part.weekly_count;
            enrolled_minor := enrolled_minor + v_rate.amount_minor;
        end loop;
    end if;
    due_minor := full_minor - enrolled_minor;
    if due_minor is null then
        perform ops.fail(
            'rate_missing',
            jsonb_build_object(
                'student_id', p_run.student_id,
                'division', p_named_divisions -> p_division.division_id::text -> 'name',
                'weekly_count', p_run.weekly_count,
                'counted', case p_run.basis
                    when 'distinct_weekdays' then 'days' else 'meetings'
                end
            )
            -- Whose own list lacks the row.
            || jsonb_strip_nulls(jsonb_build_object('location_id', location_id))
        );
    end if;
    due_minor := greatest(due_minor, 0);
end;
$$;
alter function pricing.due_of_run(
    pricing.weekly_run, pricing.weekly_run[], pricing.student_division, pricing.basket_item[],
    jsonb, pricing.rates[], integer
) owner to pricing;
comment on function pricing.due_of_run(
    pricing.weekly_run, pricing.weekly_run[], pricing.student_division, pricing.basket_item[],
    jsonb, pricing.rates[], integer
) is
$$What is due for a run, for the whole of its time: due_minor, minor units, never less than 0.

The rate of all its classes (rate_id to location_id, as pricing.rate_of_run() has it; full_minor is
its amount_minor), less the rates at which what is confirmed of them would be sold by itself
(enrolled_count weekly classes for enrolled_minor). p_runs: all of the order. Raises rate_missing
when a list concerned has no such row.$$;
