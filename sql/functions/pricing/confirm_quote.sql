create or replace function pricing.confirm_quote(
    p_cart_id bigint, p_quote_id bigint, p_as_of timestamptz
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_quote record;
    v_plan pricing.payment_plans;
    v_price record;
    v_is_changed boolean := false;
begin
    select q.*, p.code as plan_code into v_quote
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
    where
        q.studio_id = v_studio_id
        and q.family_id = auth.require_family()
        and q.cart_id = p_cart_id
        and q.id = p_quote_id;
    if not found then
        perform ops.fail('quote_not_found');
    end if;
    -- The plan as it is today, which may have changed since.
    v_plan := pricing.plan_of(v_quote.term_id, v_quote.plan_code, v_quote.auto_pay, p_as_of);
    -- What staff have arranged is there to be taken.
    if not v_plan.accepts_checkout and v_plan.kind <> 'custom' then
        perform ops.fail('plan_not_available', jsonb_build_object('plan_code', v_plan.code));
    end if;
    select p.* into strict v_price
    from pricing.price_cart(
        p_cart_id, v_quote.inputs #>> '{orders,0,coupon_code}', v_plan, p_as_of
    ) as p;
    -- As a rule they are the same, byte by byte.
    if not record_image_eq(row(v_price.lines), row(v_quote.lines)) then
        -- Another order, or another version of a rule that says the same, is no other price.
        v_is_changed := cardinality(v_price.lines) <> cardinality(v_quote.lines)
        or exists (
            select l.student_id, l.kind, l.code, l.section_id, l.basis, l.amount_minor
            from unnest(v_price.lines) as l
            except all
            select l.student_id, l.kind, l.code, l.section_id, l.basis, l.amount_minor
            from unnest(v_quote.lines) as l
        );
    end if;
    if
        v_is_changed
        -- Other classes, tiers, weekdays or dates at the same price are not what was quoted.
        or array(
            select (i.student_id, i.section_id, i.tier_id, i.dates, i.weekdays)
            from unnest(v_price.items) as i
            where not i.enrolled
            order by i.student_id, i.section_id
        )
        <> array(
            select (i.student_id, i.section_id, i.tier_id, i.dates, i.weekdays)
            from jsonb_to_recordset(v_quote.inputs -> 'items') as i (
                student_id bigint, section_id bigint, tier_id bigint, dates date[],
                weekdays smallint[], enrolled boolean
            )
            where not i.enrolled
            order by i.student_id, i.section_id
        )
    then
        perform ops.fail(
            'quote_changed',
            jsonb_build_object(
                'quoted_minor', v_quote.total_minor,
                'total_minor', v_price.total_minor,
                'lines', (
                    select
                        jsonb_agg(
                            jsonb_build_object(
                                'student_id', l.student_id,
                                'kind', l.kind,
                                'code', l.code,
                                'amount_minor', l.amount_minor
                            )
                        )
                    from unnest(v_price.lines) as l
                )
            )
        );
    end if;
    return v_price.total_minor;
end;
$$;
alter function pricing.confirm_quote(bigint, bigint, timestamptz) owner to pricing;
grant execute on function pricing.confirm_quote(bigint, bigint, timestamptz) to enrollment;
comment on function pricing.confirm_quote(bigint, bigint, timestamptz) is
$$Price the cart again and answer the total in minor units, if it is still what the quote said.

For enrollment, at checkout. Raises quote_not_found, quote_changed (with the new price in its
details), plan_not_available and what the pipeline raises.$$;
