create or replace function pricing.line_sections(
    p_items pricing.basket_item[], p_lines pricing.line[], p_as_of timestamptz
)
returns table (line_position bigint, section_id bigint, weight integer)
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
    with lines as (
        select
            l.*,
            daterange(
                to_date(l.basis ->> 'starts_on', 'YYYY-MM-DD'),
                to_date(
                    lead(l.basis ->> 'starts_on') over (
                        partition by l.cart_id, l.student_id, l.kind
                        order by l.basis ->> 'starts_on'
                    ),
                    'YYYY-MM-DD'
                )
            ) as part_of_term
        from unnest(p_lines) with ordinality as l (
            cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table, rule_id,
            rule_version, line_position
        )
        where l.student_id is not null
    )

    select
        l.line_position,
        i.section_id,
        case when f.unit = 'class' then 1 else greatest(cardinality(i.weekdays), 1) end
    from lines as l
    inner join unnest(p_items) as i on l.cart_id = i.cart_id and l.student_id = i.student_id
    -- Joined, so that many carts take no longer each than one.
    left join (
        select distinct p.cart_id, p.student_id, p.section_id
        from lines as p
        where p.kind = 'override'
    ) as o
        on
            i.cart_id = o.cart_id
            and i.student_id = o.student_id
            and i.section_id = o.section_id
    left join pricing.fee_rules as f
        on l.kind = 'fee' and f.studio_id = v_studio_id and l.rule_id = f.id
    left join pricing.program_prices as g
        on
            f.code = 'registration'
            and f.unit in ('student', 'family')
            and g.studio_id = v_studio_id
            and i.term_id = g.term_id
            and i.program_id = g.program_id
            and p_as_of >= g.valid_from
            and (g.superseded_at is null or g.superseded_at > p_as_of)
    where
        not i.enrolled
        and case
            when l.section_id is not null then i.section_id = l.section_id
            when l.basis ? 'sections' then l.basis -> 'sections' @> to_jsonb(i.section_id)
            when l.kind = 'tuition'
                then
                    i.price_mode = 'standard'
                    and l.part_of_term @> i.starts_on
                    and o.section_id is null
            when l.kind = 'fee'
                then
                    coalesce(g.registration_fee_minor > 0, i.price_mode = any(f.charged_modes))
                    and f.code <> all(i.exempt_fee_codes)
                    and (f.division_of is distinct from 'class' or f.division_id = i.division_id)
                    and (f.class_id is null or f.class_id = i.class_id)
                    and (f.section_id is null or f.section_id = i.section_id)
        end;
end;
$$;
alter function pricing.line_sections(
    pricing.basket_item[], pricing.line[], timestamptz
) owner to pricing;
comment on function pricing.line_sections(pricing.basket_item[], pricing.line[], timestamptz) is
$$Which sections each line of a student is for, and with what weight, for rules limited to sections.

Of a fee the classes that cause it, as in pricing.fee_lines(). weight: weekly meetings, or 1 for a
fee by class. line_position: the line's place in p_lines.$$;
