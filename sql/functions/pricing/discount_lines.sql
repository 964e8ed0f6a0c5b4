create or replace function pricing.discount_lines(
    p_items pricing.basket_item[],
    p_counted pricing.basket_item[],
    p_lines pricing.line[],
    p_as_of timestamptz,
    p_engine_version integer default pricing.engine_version()
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Planning these statements anew for each cart would take longer than carrying them out.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_discount pricing.discounts;
    v_section_ids bigint [];
    -- What the discounts before have left of each line.
    v_left bigint [];
    v_lines pricing.line [];
begin
    for v_discount in
        select d.*
        from pricing.discounts as d
        where
            d.studio_id = v_studio_id
            and d.term_id in (select i.term_id from unnest(p_items) as i)
            and p_as_of >= d.valid_from
            and (d.superseded_at is null or d.superseded_at > p_as_of)
            and (d.available_from is null or p_as_of >= d.available_from)
            and (d.available_until is null or p_as_of < d.available_until)
        order by d.kind = 'flat', d.position, d.code, d.id
    loop
        v_left := coalesce(
            v_left,
            array(
                select l.amount_minor
                from unnest(p_lines) with ordinality as l (
                    cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
                    rule_id, rule_version, line_position
                )
                order by l.line_position
            )
        );
        v_section_ids := array(
            select s.section_id
            from pricing.discount_sections as s
            where s.studio_id = v_studio_id and s.discount_id = v_discount.id
        );
        with lines as (
            select
                l.*,
                row_number() over (partition by l.cart_id order by l.line_position) as line_number
            from rows from (unnest(p_lines), unnest(v_left)) with ordinality as l (
                cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
                rule_id, rule_version, left_minor, line_position
            )
        ),

        -- Of a line for several sections, the share of those that the discount is limited to.
        shares as (
            select
                s.line_position,
                sum(s.weight) filter (where s.section_id = any(v_section_ids)) as weight,
                sum(s.weight) as full_weight
            from pricing.line_sections(
                case when v_section_ids <> '{}' then p_items else '{}' end, p_lines, p_as_of
            ) as s
            group by s.line_position
        ),

        reducible as (
            select
                l.line_position,
                l.line_number,
                l.cart_id,
                l.student_id,
                r.reached,
                case
                    when v_section_ids = '{}' then l.left_minor
                    when p_engine_version > 3
                        then
                            pricing.round_minor(
                                l.left_minor::numeric * s.weight / s.full_weight
                            )
                    -- Engines up to 3 left out what was less than a unit.
                    else l.left_minor * s.weight / s.full_weight
                end as part_minor
            from lines as l
            inner join pricing.discount_recipients(
                v_discount, v_section_ids, p_items, p_counted
            ) as r
                on l.cart_id = r.cart_id and l.student_id = r.student_id
            left join shares as s on l.line_position = s.line_position
            left join pricing.fee_rules as f
                on l.kind = 'fee' and f.studio_id = v_studio_id and l.rule_id = f.id
            where
                case
                    when l.kind = 'fee' then v_discount.reduces_fees and f.discountable
                    when l.kind = 'program' or l.basis ->> 'price_mode' = 'program'
                        then v_discount.reduces_programs
                    else v_discount.reduces_tuition
                end
        ),

        measured as (
            select
                r.*,
                sum(r.part_minor) over (partition by r.cart_id, r.student_id) as base_minor,
                sum(r.part_minor) over (
                    partition by r.cart_id, r.student_id order by r.line_position
                ) as running_minor
            from reducible as r
            where r.part_minor > 0
        ),

        -- Once a student, at its last line; the window then tells the others. A join would not
        -- stay linear however many carts there are.
        taken as (
            select
                m.*,
                max(
                    case
                        when m.running_minor = m.base_minor
                            then
                                least(
                                    m.base_minor,
                                    case v_discount.kind
                                        when 'percent'
                                            then pricing.round_minor(
                                                m.base_minor * v_discount.percent_bp / 10000
                                            )
                                        else v_discount.amount_minor
                                    end
                                )
                    end
                ) over (partition by m.cart_id, m.student_id) as saved_minor
            from measured as m
        ),

        -- What is taken off each line, in whole units, so that the parts add up to the whole.
        allotted as (
            select
                t.*,
                div(t.saved_minor * t.running_minor, t.base_minor)
                - div(t.saved_minor * (t.running_minor - t.part_minor), t.base_minor) as off_minor
            from taken as t
            where t.saved_minor > 0
        ),

        discounted as (
            select
                a.cart_id,
                a.student_id,
                jsonb_strip_nulls(
                    jsonb_build_object(
                        'category', v_discount.category,
                        'threshold', v_discount.threshold,
                        'count', a.reached,
                        'base_minor', a.base_minor,
                        'percent_bp', v_discount.percent_bp,
                        'discount_minor', v_discount.amount_minor,
                        'parts', jsonb_agg(
                            jsonb_build_object(
                                'line_number', a.line_number, 'amount_minor', a.off_minor
                            )
                            order by a.line_number
                        )
                    )
                ) as basis,
                a.saved_minor
            from allotted as a
            group by a.cart_id, a.student_id, a.reached, a.base_minor, a.saved_minor
        )

        select
            array(
                select
                    (
                        d.cart_id,
                        d.student_id,
                        'discount',
                        v_discount.code,
                        null,
                        d.basis,
                        - d.saved_minor,
                        'pricing.discounts',
                        v_discount.id,
                        v_discount.version
                    )::pricing.line
                from discounted as d
                order by d.cart_id, d.student_id
            ),
            array(
                -- Added up rather than joined, which stays linear however many lines there are.
                select sum(b.minor)::bigint
                from (
                    select l.line_position, l.left_minor as minor
                    from lines as l
                    union all
                    select a.line_position, - a.off_minor
                    from allotted as a
                ) as b
                group by b.line_position
                order by b.line_position
            )
        into v_lines, v_left;
        return query select l.* from unnest(v_lines) as l;
    end loop;
end;
$$;
alter function pricing.discount_lines(
    pricing.basket_item[], pricing.basket_item[], pricing.line[], timestamptz, integer
) owner to pricing;
comment on function pricing.discount_lines(
    pricing.basket_item[], pricing.basket_item[], pricing.line[], timestamptz, integer
) is
$$Stage 3: discounts, a line for each student and discount: percentages first, then amounts.

Each on what the ones before have left of the lines it may reduce, never more than that. Of a line
for several sections one that is limited reduces their share, rounded (cut off in engines up to 3).
parts in its basis: how much is off which line of the order. p_counted: items that count for the
rate step.$$;
