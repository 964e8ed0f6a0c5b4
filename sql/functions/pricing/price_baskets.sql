create or replace function pricing.price_baskets(
    p_items pricing.basket_item[],
    p_orders pricing.basket_order[],
    p_plan pricing.payment_plans,
    p_as_of timestamptz,
    p_engine_version integer default pricing.engine_version()
)
returns pricing.line[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Here so that what is set below ends with this function.
set plan_cache_mode = 'auto'
set enable_nestloop = 'on'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_lines pricing.line [];
    v_rest pricing.basket_item [];
    v_modes constant text [] := array(
        select distinct i.price_mode from unnest(p_items) as i where not i.enrolled
    );
    v_unpriced record;
    v_divisions pricing.student_division [];
begin
    -- For one cart plans that are kept and look into indexes are best. For many carts each join of
    -- facts with facts must be hashed, which the planner, who can't see into arrays, must be told.
    if cardinality(p_items) > 200 then
        perform
            set_config('plan_cache_mode', 'force_custom_plan', true),
            set_config('enable_nestloop', 'off', true);
    end if;
    v_divisions := array(select d from pricing.priced_divisions(p_items) as d);
    v_lines := array(
        select l from pricing.override_lines(p_items, p_as_of) as l
    );
    -- What an override prices is taken out of the tables; it keeps its fees. A program is paid
    -- once: the override of one of its classes is its price.
    v_rest := p_items;
    if cardinality(v_lines) > 0 then
        v_rest := array(
            select i
            from unnest(p_items) as i
            where
                not exists (
                    select
                    from unnest(v_lines) as l
                    inner join unnest(p_items) as o
                        on
                            l.cart_id = o.cart_id
                            and l.student_id = o.student_id
                            and l.section_id = o.section_id
                    where
                        l.cart_id = i.cart_id
                        and l.student_id = i.student_id
                        and (l.section_id = i.section_id or o.program_id = i.program_id)
                )
        );
        v_lines := array(
            select l from unnest(v_lines) as l where not (l.basis ->> 'enrolled')::boolean
        );
    end if;
    v_lines := v_lines
    || array(
        select l
        from pricing.rate_lines(v_rest, v_divisions, p_as_of, p_engine_version) as l
    );
    if 'program' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.program_lines(v_rest, p_as_of) as l);
    end if;
    if 'tiered' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.tier_lines(v_rest, p_as_of) as l);
    end if;
    if 'drop_in' = any(v_modes) then
        v_lines := v_lines || array(select l from pricing.drop_in_lines(v_rest, p_as_of) as l);
    end if;
    -- A missing price is a refusal, never a price of 0.
    select i.student_id, i.section_id, k.title into v_unpriced
    from unnest(v_rest) as i
    inner join catalog.classes as k on k.studio_id = v_studio_id and i.class_id = k.id
    where
        not i.enrolled
        and not exists (
            select
            from unnest(v_lines) as l
            where
                l.cart_id = i.cart_id
                and l.student_id = i.student_id
                and (
                    (i.price_mode = 'standard' and l.kind = 'tuition')
                    or (
                        i.price_mode = 'program'
                        and l.kind = 'program'
                        and l.basis -> 'sections' @> to_jsonb(i.section_id)
                    )
                    or (
                        l.section_id = i.section_id
                        and (i.price_mode, l.kind) in (('tiered', 'tier'), ('drop_in', 'drop_in'))
                    )
                )
        )
    limit 1;
    if found then
        perform ops.fail('price_missing', to_jsonb(v_unpriced));
    end if;
    v_lines := v_lines
    || array(select l from pricing.fee_lines(p_items, v_divisions, p_as_of) as l);
    v_lines := v_lines
    || array(
        select l
        from pricing.discount_lines(p_items, v_rest, v_lines, p_as_of, p_engine_version) as l
    )
    || array(select l from pricing.add_on_lines(p_items, p_as_of) as l);
    v_lines := v_lines
    || array(
        select l
        from pricing.family_discount_lines(p_items, v_lines, p_orders, p_as_of) as l
    );
    v_lines := v_lines
    || array(
        select l from pricing.plan_fee_lines(p_items, v_lines, p_orders, p_plan) as l
    );
    v_lines := v_lines
    || array(select l from pricing.coupon_lines(p_items, v_lines, p_orders, p_as_of) as l);
    v_lines := v_lines
    || array(select l from pricing.adjustment_lines(p_items, v_lines, p_orders) as l);
    return v_lines || array(select l from pricing.credit_lines(v_lines, p_orders) as l);
end;
$$;
alter function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) owner to pricing;
comment on function pricing.price_baskets(
    pricing.basket_item[], pricing.basket_order[], pricing.payment_plans, timestamptz, integer
) is
$$The pricing pipeline: every line of one cart or of many, from facts and an instant's rules.

Each stage returns its own lines and changes none of an earlier stage. What an earlier engine did
otherwise is done as it did for a quote of its own. Raises rate_missing, price_missing,
division_mixed, add_on_unknown, and why a coupon that was entered does not apply (coupon_…).$$;
