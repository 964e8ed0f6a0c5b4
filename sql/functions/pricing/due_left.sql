create or replace function pricing.due_left(
    p_run pricing.weekly_run,
    p_division pricing.student_division,
    p_items pricing.basket_item[],
    p_named_divisions jsonb,
    p_rates pricing.rates[],
    p_engine_version integer,
    out amount_minor bigint,
    out steps jsonb
)
language plpgsql
stable
parallel safe
as $$
declare
    v_item pricing.basket_item;
    v_items pricing.basket_item [] := array[]::pricing.basket_item[];
    v_all bigint;
    v_left bigint;
    v_alls bigint [] := array[]::bigint[];
    v_lefts bigint [] := array[]::bigint[];
    -- What is left of each class, in parts of one size.
    v_parts numeric := 1::numeric;
    v_parts_left numeric [] := array[]::numeric[];
    v_level numeric;
    v_level_before numeric := 0::numeric;
    v_lasting pricing.basket_item [];
    v_runs pricing.weekly_run [];
    v_run pricing.weekly_run;
    v_due_minor bigint;
    v_amount numeric := 0::numeric;
begin
    foreach v_item in array p_items
    loop
        continue when
            v_item.student_id <> p_run.student_id
            or v_item.price_mode <> 'standard'
            or not p_run.dates @> v_item.starts_on;
        v_all := case p_run.proration
            when 'meetings' then v_item.meetings else v_item.days
        end::bigint;
        v_left := case p_run.proration
            when 'meetings' then v_item.meetings_left else v_item.days_left
        end::bigint;
        if v_item.enrolled or (v_left < v_all) is not true then
            -- Nothing has been missed, or there is nothing to miss.
            v_all := 1::bigint;
            v_left := 1::bigint;
        end if;
        v_items := array_append(v_items, v_item);
        v_alls := array_append(v_alls, v_all);
        v_lefts := array_append(v_lefts, v_left);
        v_parts := lcm(v_parts, v_all::numeric);
    end loop;
    for v_number in 1..cardinality(v_items)
    loop
        v_parts_left := array_append(
            v_parts_left, v_lefts[v_number] * (v_parts / v_alls[v_number])
        );
    end loop;
    steps := '[]';
    foreach v_level in array
        (select array_agg(distinct p order by p) from unnest(v_parts_left) as p)
    loop
        v_lasting := array[]::pricing.basket_item[];
        for v_number in 1..cardinality(v_items)
        loop
            if v_items[v_number].enrolled or v_parts_left[v_number] >= v_level then
                v_lasting := array_append(v_lasting, v_items[v_number]);
            end if;
        end loop;
        v_runs := pricing.weekly_runs(v_lasting);
        v_due_minor := 0::bigint;
        foreach v_run in array v_runs
        loop
            if not (v_run.of_enrolled or v_run.is_paid) then
                v_due_minor := v_due_minor + (
                    pricing.due_of_run(
                        v_run, v_runs, p_division, v_lasting, p_named_divisions, p_rates,
                        p_engine_version
                    )
                ).due_minor;
            end if;
        end loop;
        v_amount := v_amount + v_due_minor * (v_level - v_level_before);
        steps := steps || jsonb_build_object(
            'due_minor', v_due_minor, 'left', v_level - v_level_before, 'of', v_parts
        );
        v_level_before := v_level;
    end loop;
    amount_minor := pricing.round_minor(v_amount / v_parts);
end;
$$;
alter function pricing.due_left(
    pricing.weekly_run, pricing.student_division, pricing.basket_item[], jsonb, pricing.rates[],
    integer
) owner to pricing;
comment on function pricing.due_left(
    pricing.weekly_run, pricing.student_division, pricing.basket_item[], jsonb, pricing.rates[],
    integer
) is
$$What who starts late pays for a run: amount_minor, minor units, rounded once.

As much as is left of every class at what is due for all of them; for what only some still have to
come, at what is due for these: steps, an array of {due_minor, left, of}. So one more class, however
little is left of it, never makes the others cheaper. p_items: of one order, student by student.
Raises rate_missing.$$;
