create or replace function pricing.replay_quote(p_quote_id bigint)
returns pricing.line[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_quote pricing.quotes;
    v_plan pricing.payment_plans;
    v_items pricing.basket_item [];
    v_orders pricing.basket_order [];
begin
    select q.* into strict v_quote
    from pricing.quotes as q
    where q.studio_id = v_studio_id and q.id = p_quote_id;
    select p.* into strict v_plan
    from pricing.payment_plans as p
    where p.studio_id = v_studio_id and p.id = v_quote.plan_id;
    v_items := array(
        select i
        from jsonb_populate_recordset(
            null::pricing.basket_item, v_quote.inputs -> 'items'
        ) as i
    );
    -- Engine 1 looked up how an item is counted, and did not keep it: it is as it is now.
    if v_quote.engine_version = 1 then
        v_items := array(
            select
                jsonb_populate_record(
                    null::pricing.basket_item,
                    jsonb_build_object(
                        'rate_step_basis', c.rate_step_basis,
                        'division_rank', c.division_rank,
                        'division_mixes', c.division_mixes,
                        'plan_fee_waived', c.plan_fee_waived,
                        'exempt_fee_codes', c.exempt_fee_codes
                    )
                    || jsonb_strip_nulls(to_jsonb(i))
                )
            from unnest(v_items) as i
            inner join unnest(
                pricing.basket_items(
                    array(
                        select
                            (
                                x.cart_id, x.family_id, x.term_id, x.student_id, x.section_id,
                                null, null, null, x.enrolled, null
                            )::pricing.picked_item
                        from unnest(v_items) as x
                    ),
                    v_quote.priced_at
                )
            ) as c
                on
                    i.student_id = c.student_id
                    and i.section_id = c.section_id
                    and i.enrolled = c.enrolled
        );
    end if;
    -- Engines up to 2 kept but one fact of the order itself.
    v_orders := array(
        select o
        from jsonb_populate_recordset(
            null::pricing.basket_order,
            coalesce(
                v_quote.inputs -> 'orders',
                jsonb_build_array(
                    jsonb_build_object(
                        'cart_id', v_quote.cart_id,
                        'family_id', v_quote.family_id,
                        'term_id', v_quote.term_id,
                        'awarded', v_quote.inputs -> 'awarded'
                    )
                )
            )
        ) as o
    );
    return pricing.price_baskets(
        v_items, v_orders, v_plan, v_quote.priced_at, v_quote.engine_version
    );
end;
$$;
alter function pricing.replay_quote(bigint) owner to pricing;
comment on function pricing.replay_quote(bigint) is
$$The lines of a stored quote, made again from the facts kept with it and the rules of its instant.

They are those that were stored, whatever has changed since; of engine 1 as long as programs,
divisions, exemptions and the counting of the term are what they were, which it did not keep. For operators and tests.$$;
