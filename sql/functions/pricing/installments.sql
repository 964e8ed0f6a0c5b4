create or replace function pricing.installments(p_plan pricing.payment_plans, p_ordered_on date)
returns integer
language plpgsql
immutable
parallel safe
as $$
declare
    v_count integer := 0;
begin
    -- Quotes of engines that kept no date were made of plans without one.
    if p_ordered_on is null then
        return p_plan.installments::integer;
    elsif p_plan.kind = 'monthly' and p_plan.last_due_on is not null then
        -- The first is due at once, however late that is.
        loop
            v_count := v_count + 1;
            exit when
                v_count >= p_plan.installments
                or p_ordered_on + make_interval(months => v_count) > p_plan.last_due_on;
        end loop;
        return v_count;
    elsif p_plan.kind = 'dated' then
        return (
            select
                (
                    count(*) filter (where d.due_on > p_ordered_on)
                    + bool_or(d.due_on <= p_ordered_on)::integer
                )::integer
            from unnest(p_plan.due_dates) as d (due_on)
        );
    end if;
    return p_plan.installments::integer;
end;
$$;
alter function pricing.installments(pricing.payment_plans, date) owner to pricing;
comment on function pricing.installments(pricing.payment_plans, date) is
$$How many parts a plan has for who orders on a date: late joiners have fewer. Null: plan custom.$$;
