create or replace function pricing.plan_of(
    p_term_id bigint, p_code text, p_auto_pay boolean, p_as_of timestamptz
)
returns pricing.payment_plans
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_plan pricing.payment_plans;
begin
    v_plan := (
        select p
        from pricing.payment_plans as p
        where
            p.studio_id = v_studio_id
            and p.term_id = p_term_id
            and p.code = coalesce(p_code, p.code)
            and p.auto_pay = coalesce(p_auto_pay, p_code is not null and p.auto_pay)
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
        -- Of several, the one that is meant by paying in full, or by auto-pay.
        order by array_position(array['full', 'monthly'], p.kind), p.id
        limit 1
    );
    if v_plan.id is null then
        perform ops.fail('plan_unknown');
    end if;
    return v_plan;
end;
$$;
alter function pricing.plan_of(bigint, text, boolean, timestamptz) owner to pricing;
comment on function pricing.plan_of(bigint, text, boolean, timestamptz) is
$$The payment plan a family asks for: by its code, or the term's plan with or without auto-pay.

Neither given: pay in full. Raises plan_unknown.$$;
