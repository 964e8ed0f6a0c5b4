create or replace function pricing.rate_lines(
    p_items pricing.basket_item[],
    p_runs pricing.weekly_run[],
    p_divisions pricing.student_division[],
    p_named_divisions jsonb,
    p_rates pricing.rates[],
    p_engine_version integer
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_run pricing.weekly_run;
    v_division pricing.student_division;
    v_item pricing.basket_item;
    v_named jsonb;
    v_due record;
    v_left record;
    v_amount_minor bigint;
    v_basis jsonb;
    -- Students whose classes are in a line.
    v_priced_ids bigint [] := array[]::bigint[];
begin
    foreach v_run in array p_runs
    loop
        continue when v_run.of_enrolled or v_run.is_paid;
        foreach v_division in array p_divisions
        loop
            exit when v_division.student_id = v_run.student_id;
        end loop;
        continue when v_division.student_id is distinct from v_run.student_id;
        v_named := p_named_divisions -> v_division.division_id::text;
        v_due := pricing.due_of_run(
            v_run, p_runs, v_division, p_items, p_named_divisions, p_rates, p_engine_version
        );
        v_amount_minor := v_due.due_minor;
        v_basis := jsonb_build_object(
            'division', v_named -> 'code',
            'starts_on', lower(v_run.dates),
            'basis', v_run.basis,
            'weekly_count', v_run.weekly_count,
            'step_minor', v_due.step_minor,
            'enrolled_count', v_due.enrolled_count,
            'enrolled_division', case
                when v_due.enrolled_count > 0
                    then p_named_divisions -> v_division.enrolled_division_id::text -> 'code'
            end,
            'enrolled_step_minor', v_due.enrolled_minor
        );
        if v_due.full_minor > v_due.step_minor then
            v_basis := v_basis || jsonb_build_object('apart_minor', v_due.full_minor);
        end if;
        if v_due.location_id is not null then
            v_basis := v_basis || jsonb_build_object('location_id', v_due.location_id);
        end if;
        if v_run.proration is not null then
            v_basis := v_basis || jsonb_build_object(
                v_run.proration, v_run.units, v_run.proration || '_left', v_run.units_left
            );
            if p_engine_version < 5 then
                v_amount_minor := pricing.prorated(v_amount_minor, v_run.units_left, v_run.units);
            elsif v_run.units_left < v_run.units then
                v_left := pricing.due_left(
                    v_run, v_division, p_items, p_named_divisions, p_rates, p_engine_version
                );
                v_amount_minor := v_left.amount_minor;
                if jsonb_array_length(v_left.steps) > 1 then
                    v_basis := v_basis || jsonb_build_object('steps', v_left.steps);
                end if;
            end if;
        end if;
        v_priced_ids := array_append(v_priced_ids, v_run.student_id);
        v_lines := array_append(
            v_lines,
            (
                v_division.cart_id,
                v_run.student_id,
                'tuition',
                v_named ->> 'code',
                null,
                v_basis,
                v_amount_minor,
                'pricing.rates',
                v_due.rate_id,
                v_due.rate_version
            )::pricing.line
        );
    end loop;
    foreach v_item in array p_items
    loop
        if
            v_item.price_mode = 'standard'
            and not v_item.enrolled
            and v_item.student_id <> all(v_priced_ids)
        then
            perform pricing.refuse_unpriced(v_item);
        end if;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.rate_lines(
    pricing.basket_item[], pricing.weekly_run[], pricing.student_division[], jsonb,
    pricing.rates[], integer
) owner to pricing;
comment on function pricing.rate_lines(
    pricing.basket_item[], pricing.weekly_run[], pricing.student_division[], jsonb,
    pricing.rates[], integer
) is
$$Stage 1a: tuition by rate table, one line a student and part of the term.

For the items given, of one order: those that no other path prices; p_runs: theirs. Classes count
together wherever they are; of the price lists of their locations the one with the highest price
counts, and the line names it. What is due is the rate of all, less the rates at which what is
confirmed already would be sold by itself, never less than 0; where the setting tuition_proration
says so, for as much as is left of the classes that come new (in engines up to 4 of all of them
together). A class that joins others in time, which would be counted apart without it, does not make
them cheaper (it did in engines up to 2). Raises rate_missing when a list concerned has no such row,
price_missing for a class that meets on no weekday.$$;
