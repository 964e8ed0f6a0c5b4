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
    with rules as (
        select
            r.*, r.code = 'registration' and r.unit in ('student', 'family') as is_registration
        from pricing.fee_rules as r
        where
            r.studio_id = v_studio_id
            and p_as_of >= r.valid_from
            and (r.superseded_at is null or r.superseded_at > p_as_of)
    ),

    caused as (
        select
            f.id,
            f.version,
            f.code,
            f.position,
            f.unit,
            f.once_per_term,
            f.proration,
            coalesce(g.registration_fee_minor, f.amount_minor) as amount_minor,
            case
                when g.registration_fee_minor is not null
                    then jsonb_build_object('id', g.id, 'version', g.version)
            end as own_amount,
            i.cart_id,
            case when f.unit <> 'family' then i.student_id end as student_id,
            i.class_id,
            cardinality(i.weekdays) as weekly_meetings,
            case f.proration when 'meetings' then i.meetings when 'days' then i.days end as units,
            case f.proration
                when 'meetings' then i.meetings_left when 'days' then i.days_left
            end as units_left,
            i.enrolled
        from unnest(p_items) as i
        inner join rules as f
            on
                i.term_id = f.term_id
                and (f.class_id is null or i.class_id = f.class_id)
                and (f.section_id is null or i.section_id = f.section_id)
        left join pricing.program_prices as g
            on
                f.is_registration
                and g.studio_id = v_studio_id
                and i.term_id = g.term_id
                and i.program_id = g.program_id
                and p_as_of >= g.valid_from
                and (g.superseded_at is null or g.superseded_at > p_as_of)
        left join unnest(p_divisions) as v
            on i.cart_id = v.cart_id and i.student_id = v.student_id
        where
            -- A program's own amount says whether it is asked, whatever the term asks of programs.
            coalesce(g.registration_fee_minor > 0, i.price_mode = any(f.charged_modes))
            and (
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
        -- What there is with the cart, less what is confirmed already. Once a student or a family:
        -- the highest amount that is caused, less the highest that was.
        select
            c.id,
            c.version,
            c.code,
            c.position,
            c.proration,
            c.cart_id,
            c.student_id,
            case
                when c.unit = 'class'
                    then
                        count(distinct c.class_id) filter (where not c.enrolled or c.once_per_term)
                        - count(distinct c.class_id) filter (where c.enrolled and c.once_per_term)
                when c.unit = 'weekly_meeting'
                    then coalesce(sum(c.weekly_meetings) filter (where not c.enrolled), 0)
                when c.once_per_term
                    then (
                        max(c.amount_minor)
                        > coalesce(max(c.amount_minor) filter (where c.enrolled), -1)
                    )::integer
                else bool_or(not c.enrolled)::integer
            end as units,
            case
                when c.unit in ('student', 'family') and c.once_per_term
                    then
                        max(c.amount_minor)
                        - coalesce(max(c.amount_minor) filter (where c.enrolled), 0)
                else max(c.amount_minor) filter (where not c.enrolled)
            end as unit_minor,
            sum(c.units) filter (where not c.enrolled) as prorated_units,
            sum(c.units_left) filter (where not c.enrolled) as prorated_units_left,
            jsonb_agg(c.own_amount) filter (where c.own_amount is not null) as own_amounts
        from caused as c
        -- In this order one sort of narrow keys does for many carts.
        group by
            c.cart_id, c.student_id, c.position, c.id, c.version, c.code, c.unit, c.once_per_term,
            c.proration
    )

    select
        n.cart_id,
        n.student_id,
        'fee',
        n.code,
        null::bigint,
        jsonb_build_object('units', n.units, 'unit_minor', n.unit_minor)
        || case
            when n.prorated_units is null then '{}'
            else jsonb_build_object(
                n.proration, n.prorated_units, n.proration || '_left', n.prorated_units_left
            )
        end
        || case
            when n.own_amounts is null then '{}'
            else jsonb_build_object(
                'program_prices',
                (select jsonb_agg(distinct a.value) from jsonb_array_elements(n.own_amounts) as a)
            )
        end,
        pricing.prorated(n.units * n.unit_minor, n.prorated_units_left, n.prorated_units),
        'pricing.fee_rules',
        n.id,
        n.version
    from counted as n
    where n.units > 0
    order by n.cart_id, n.student_id, n.position, n.code;
end;
$$;
alter function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz
) owner to pricing;
comment on function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz
) is
$$Stage 2: fees by rule: what is counted, for which classes, less what is confirmed already.

Of the fee registration a program may ask its own amount, or nothing; of several classes of a
student the highest amount applies. A rule that prorates asks as much as is left of the sections of
the order that cause it, all together.$$;
