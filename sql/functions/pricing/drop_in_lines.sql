create or replace function pricing.drop_in_lines(p_items pricing.basket_item[], p_as_of timestamptz)
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
    with rules as (
        select p.*
        from pricing.date_prices as p
        where
            p.studio_id = v_studio_id
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
    ),

    priced as (
        select
            i.cart_id,
            i.student_id,
            i.section_id,
            d.held_on,
            -- A date's own price before that of every date.
            coalesce(o.id, e.id) as rule_id,
            coalesce(o.version, e.version) as rule_version,
            coalesce(o.amount_minor, e.amount_minor) as amount_minor
        from unnest(p_items) as i
        cross join lateral unnest(i.dates) as d (held_on)
        left join rules as o on i.section_id = o.section_id and d.held_on = o.held_on
        left join rules as e on i.section_id = e.section_id and e.held_on is null
        where i.price_mode = 'drop_in' and not i.enrolled
    )

    select
        p.cart_id,
        p.student_id,
        'drop_in',
        'drop_in',
        p.section_id,
        jsonb_build_object(
            'dates', jsonb_agg(
                jsonb_build_object(
                    'held_on', p.held_on,
                    'amount_minor', p.amount_minor,
                    'rule_id', p.rule_id,
                    'rule_version', p.rule_version
                )
                order by p.held_on
            )
        ),
        sum(p.amount_minor)::bigint,
        'pricing.date_prices',
        (array_agg(p.rule_id order by p.held_on))[1],
        (array_agg(p.rule_version order by p.held_on))[1]
    from priced as p
    group by p.cart_id, p.student_id, p.section_id
    -- One date without a price is an item without a price.
    having bool_and(p.rule_id is not null)
    order by p.cart_id, p.student_id, p.section_id;
end;
$$;
alter function pricing.drop_in_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.drop_in_lines(pricing.basket_item[], timestamptz) is
$$Stage 1d: the prices of the dates that were picked, added up in one line a student and section.

For the items given; dates that are confirmed already are items of their own, and have none. basis:
each date with its price and the rule that made it; the line itself names that of the first date.$$;
