create or replace function pricing.schedule(
    p_total_minor bigint,
    p_plan pricing.payment_plans,
    p_ordered_on date,
    p_balance_days integer default null,
    p_schedule_id bigint default null
)
returns pricing.part[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count integer;
    v_dates date [];
    v_wanted bigint [];
    v_share_bp integer;
    -- What is due up to a part, and up to the one before.
    v_upto_minor bigint := 0::bigint;
    v_paid_minor bigint := 0::bigint;
    v_number smallint := 0::smallint;
    v_parts pricing.part [] := array[]::pricing.part[];
begin
    if p_plan.kind = 'full' then
        return array[(1, p_ordered_on, p_total_minor)::pricing.part];
    elsif p_plan.kind = 'monthly' then
        v_count := pricing.installments(p_plan, p_ordered_on);
        -- Counted from the first date, so that a short month shortens itself only.
        for v_months in 0..v_count - 1
        loop
            v_dates := array_append(
                v_dates, (p_ordered_on + make_interval(months => v_months))::date
            );
        end loop;
        v_wanted := array_fill(
            -- Of a total of a few cents the last part would have to be negative.
            least(
                pricing.round_minor(p_total_minor::numeric / v_count),
                p_total_minor / greatest(v_count - 1, 1)
            ),
            array[v_count]
        );
    elsif p_plan.kind in ('deposit_flat', 'deposit_percent') then
        v_dates := array[
            p_ordered_on, coalesce(p_plan.balance_due_on, p_ordered_on + p_balance_days)
        ];
        v_wanted := array[
            coalesce(
                p_plan.deposit_minor,
                pricing.round_minor(p_total_minor::numeric * p_plan.deposit_bp / 10000)
            ),
            p_total_minor
        ];
        if v_wanted[1] >= p_total_minor then
            v_dates := v_dates[1:1];
            v_wanted := v_wanted[1:1];
        end if;
    elsif p_plan.kind = 'dated' then
        v_dates := p_plan.due_dates;
        foreach v_share_bp in array p_plan.shares_bp
        loop
            v_wanted := array_append(
                v_wanted, pricing.round_minor(p_total_minor::numeric * v_share_bp / 10000)
            );
        end loop;
    else
        select
            array_agg(c.due_on order by c.number), array_agg(c.amount_minor order by c.number)
        into v_dates, v_wanted
        from pricing.custom_schedule_parts as c
        where c.studio_id = auth.studio_id() and c.schedule_id = p_schedule_id;
        if v_dates is null then
            perform ops.fail('plan_unknown');
        elsif (select sum(w.minor) from unnest(v_wanted) as w (minor)) <> p_total_minor then
            perform ops.fail(
                'schedule_invalid',
                jsonb_build_object(
                    'problem', 'its parts must add up to the total',
                    'total_minor', p_total_minor
                )
            );
        end if;
    end if;
    for v_place in 1..cardinality(v_wanted)
    loop
        -- Up to each part no more than the total is due, and with the last one all of it.
        v_upto_minor := case
            when v_place = cardinality(v_wanted) then p_total_minor
            else least(v_upto_minor + v_wanted[v_place], p_total_minor)
        end;
        -- What fell due before the order is due with it, as one part.
        continue when
            v_place < cardinality(v_wanted)
            and greatest(v_dates[v_place + 1], p_ordered_on) = p_ordered_on;
        v_number := v_number + 1::smallint;
        v_parts := array_append(
            v_parts,
            (
                v_number, greatest(v_dates[v_place], p_ordered_on), v_upto_minor - v_paid_minor
            )::pricing.part
        );
        v_paid_minor := v_upto_minor;
    end loop;
    return v_parts;
end;
$$;
alter function pricing.schedule(
    bigint, pricing.payment_plans, date, integer, bigint
) owner to pricing;
comment on function pricing.schedule(
    bigint, pricing.payment_plans, date, integer, bigint
) is
$$The parts in which a total is due under a plan: the one place that makes them.

p_total_minor: minor units, the plan's fee inside. p_ordered_on: local date of the order; what falls
due before it is due on it. p_balance_days: for a deposit whose plan has no date for the balance.
p_schedule_id: for plan custom, the parts that staff arranged. The last part takes what rounding
left, none is negative, a deposit is never more than the total, a short month shortens itself only.
Raises plan_unknown where nothing was arranged, schedule_invalid where it was for another total.$$;
