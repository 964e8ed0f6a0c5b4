create or replace function pricing.fee_lines(
    p_items pricing.basket_item[],
    p_divisions pricing.student_division[],
    p_as_of timestamptz
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return query
    with caused as (
        select
            f.id,
            f.version,
            f.code,
            f.position,
            f.unit,
            f.amount_minor,
            i.cart_id,
            case when f.unit <> 'family' then i.student_id end as student_id,
            i.class_id,
            cardinality(i.weekdays) as meetings,
            i.enrolled
        from unnest(p_items) as i
        inner join pricing.fee_rules as f
            on
                f.studio_id = v_studio_id
                and i.term_id = f.term_id
                and p_as_of >= f.valid_from
                and (f.superseded_at is null or f.superseded_at > p_as_of)
                and i.price_mode = any(f.charged_modes)
        left join unnest(p_divisions) as v
            on i.cart_id = v.cart_id and i.student_id = v.student_id
        where
            (
                f.division_id is null
                or f.division_id = case
                    when f.division_of = 'class' then i.division_id
                    when i.enrolled then v.enrolled_division_id
                    else v.division_id
                end
            )
            and f.code <> all(i.exempt_fee_codes)
    ),

    counted as (
        -- What there is with the cart, less what is confirmed already.
        select
            c.id,
            c.version,
            c.code,
            c.position,
            c.amount_minor,
            c.cart_id,
            c.student_id,
            case c.unit
                when 'class'
                    then
                        count(distinct c.class_id)
                        - count(distinct c.class_id) filter (where c.enrolled)
                when 'weekly_meeting'
                    then coalesce(sum(c.meetings) filter (where not c.enrolled), 0)
                else (not bool_or(c.enrolled))::integer
            end as units
        from caused as c
        -- In this order one sort of narrow keys does for many carts.
        group by
            c.cart_id, c.student_id, c.position, c.id, c.version, c.code, c.unit, c.amount_minor
    )

    select
        n.cart_id,
        n.student_id,
        'fee',
        n.code,
        null::bigint,
        jsonb_build_object('units', n.units, 'unit_minor', n.amount_minor),
        n.units * n.amount_minor,
        'pricing.fee_rules',
        n.id,
        n.version
    from counted as n
    where n.units > 0
    order by n.cart_id, n.student_id, n.position;
end;
$$;
alter function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz
) owner to pricing;
comment on function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz
) is
$$Stage 2: fees by rule: what is counted, for which classes, less what is confirmed already.$$;
