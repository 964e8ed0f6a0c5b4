create or replace function pricing.weekly_runs(p_items pricing.basket_item[])
returns pricing.weekly_run[]
language plpgsql
immutable
parallel safe
as $$
declare
    v_runs pricing.weekly_run [] := array[]::pricing.weekly_run[];
    v_run pricing.weekly_run;
    v_item pricing.basket_item;
    v_span daterange;
    v_student_id bigint;
    -- When the student's classes take place: all of them, and those that are confirmed.
    v_all datemultirange := '{}'::datemultirange;
    v_enrolled datemultirange := '{}'::datemultirange;
    v_spans datemultirange;
    v_of_enrolled boolean;
begin
    -- Once more than there are items, for the last student.
    for v_number in 1..cardinality(p_items) + 1
    loop
        v_item := p_items[v_number];
        if v_item.student_id is distinct from v_student_id then
            foreach v_of_enrolled in array array[false, true]
            loop
                v_spans := case when v_of_enrolled then v_enrolled else v_all end;
                while not isempty(v_spans)
                loop
                    v_span := range_merge(v_spans);
                    if v_spans <> datemultirange(v_span) then
                        -- Two halves of a term are two runs; the first of them.
                        v_span := (select u.span from unnest(v_spans) as u (span) limit 1);
                    end if;
                    v_spans := v_spans - datemultirange(v_span);
                    v_run := pricing.counted_run(p_items, v_student_id, v_of_enrolled, v_span);
                    if v_run.weekly_count > 0 then
                        v_runs := array_append(v_runs, v_run);
                    end if;
                end loop;
            end loop;
            v_student_id := v_item.student_id;
            v_all := '{}'::datemultirange;
            v_enrolled := '{}'::datemultirange;
        end if;
        if v_item.price_mode = 'standard' then
            v_spans := datemultirange(
                daterange(v_item.starts_on, greatest(v_item.ends_on, v_item.starts_on + 1))
            );
            v_all := v_all + v_spans;
            if v_item.enrolled then
                v_enrolled := v_enrolled + v_spans;
            end if;
        end if;
    end loop;
    return v_runs;
end;
$$;
alter function pricing.weekly_runs(pricing.basket_item[]) owner to pricing;
comment on function pricing.weekly_runs(pricing.basket_item[]) is
$$The stretches of the term in which an order's students have standard classes side by side.

Classes that don't run at the same time of the year (two halves of a term) are counted apart; what
overlaps is counted together. What is confirmed is in the counts, and has runs of its own beside.
p_items: of one order, student by student.$$;
