create or replace function pricing.family_discount_lines(
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_orders pricing.basket_order[],
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
    with families as (
        select
            i.cart_id,
            i.term_id,
            count(distinct i.student_id) as students,
            count(distinct i.student_id) filter (where not i.enrolled) as students_here
        from unnest(p_items) as i
        group by i.cart_id, i.term_id
        having not bool_and(i.enrolled)
    ),

    sums as (
        select l.cart_id, sum(l.amount_minor) as subtotal_minor
        from unnest(p_lines) as l
        group by l.cart_id
    )

    select
        f.cart_id,
        null::bigint,
        'family_discount',
        'family_discount',
        null::bigint,
        jsonb_build_object(
            'students', c.students,
            'min_students', d.min_students,
            'discount_minor', d.amount_minor
        ),
        - least(d.amount_minor, s.subtotal_minor)::bigint,
        'pricing.family_discounts',
        d.id,
        d.version
    from families as f
    inner join sums as s on f.cart_id = s.cart_id
    inner join unnest(p_orders) as o on f.cart_id = o.cart_id
    -- Before there was a choice, who came later earned it.
    cross join lateral (
        select
            case when o.family_discount_later is false then f.students_here else f.students end
            as students
    ) as c
    inner join pricing.family_discounts as d
        on
            d.studio_id = v_studio_id
            and f.term_id = d.term_id
            and c.students >= d.min_students
            and p_as_of >= d.valid_from
            and (d.superseded_at is null or d.superseded_at > p_as_of)
    where s.subtotal_minor > 0 and not o.awarded;
end;
$$;
alter function pricing.family_discount_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], timestamptz
) owner to pricing;
comment on function pricing.family_discount_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], timestamptz
) is
$$Family stage: the family discount, for enough students this term, confirmed or in the cart.

Where the setting family_discount_later is false, for enough students in the cart.
None where the family has its award of the term already. Never more than the subtotals.$$;
