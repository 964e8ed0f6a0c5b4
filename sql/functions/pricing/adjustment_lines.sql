create or replace function pricing.adjustment_lines(
    p_items pricing.basket_item[], p_lines pricing.line[], p_orders pricing.basket_order[]
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
    if not exists (
        select
        from unnest(p_orders) as o
        where cardinality(o.line_override_ids) > 0 or cardinality(o.adjustment_ids) > 0
    ) then
        return;
    end if;
    return query
    with given as (
        select
            o.cart_id,
            w.student_id,
            'line_price' as code,
            jsonb_build_object(
                'kind', w.kind,
                'code', w.code,
                'listed_minor', sum(l.amount_minor),
                'set_minor', w.amount_minor
            ) as basis,
            (w.amount_minor - sum(l.amount_minor))::bigint as amount_minor,
            'pricing.line_overrides' as rule_table,
            w.id as rule_id
        from unnest(p_orders) as o
        inner join pricing.line_overrides as w
            on w.studio_id = v_studio_id and w.id = any(o.line_override_ids)
        inner join unnest(p_lines) as l
            on
                o.cart_id = l.cart_id
                and w.kind = l.kind
                and w.code = l.code
                and w.student_id is not distinct from l.student_id
        group by o.cart_id, w.student_id, w.kind, w.code, w.amount_minor, w.id
        union all
        select
            o.cart_id,
            a.student_id,
            a.kind,
            jsonb_build_object('given_minor', a.amount_minor),
            a.amount_minor,
            'pricing.adjustments',
            a.id
        from unnest(p_orders) as o
        inner join pricing.adjustments as a
            on a.studio_id = v_studio_id and a.id = any(o.adjustment_ids)
        where
            a.student_id is null
            or exists (
                select
                from unnest(p_items) as i
                where
                    i.cart_id = o.cart_id and i.student_id = a.student_id and not i.enrolled
            )
    ),

    -- What there is to take off, for a student and in all, with what is added.
    dues as (
        select
            d.cart_id,
            d.student_id,
            sum(d.amount_minor) as student_minor,
            sum(sum(d.amount_minor)) over (partition by d.cart_id) as order_minor
        from (
            select l.cart_id, l.student_id, l.amount_minor
            from unnest(p_lines) as l
            union all
            select g.cart_id, g.student_id, g.amount_minor
            from given as g
            where g.amount_minor > 0
        ) as d
        group by d.cart_id, d.student_id
    ),

    -- One after the other, line prices first, each as far as the student's lines reach ...
    of_students as (
        select
            g.*,
            row_number() over taken as number,
            case
                when g.student_id is null then - g.amount_minor
                else
                    least(sum(- g.amount_minor) over taken, d.student_minor)
                    - least(
                        sum(- g.amount_minor) over taken + g.amount_minor, d.student_minor
                    )
            end as taken_minor
        from given as g
        left join dues as d
            on g.cart_id = d.cart_id and g.student_id = d.student_id
        where g.amount_minor < 0
        window taken as (
            partition by g.cart_id, g.student_id order by g.rule_table desc, g.rule_id
            rows unbounded preceding
        )
    ),

    -- ... and as far as the whole order does, the family's own last.
    of_orders as (
        select
            s.*,
            least(sum(s.taken_minor) over taken, d.order_minor)
            - least(sum(s.taken_minor) over taken - s.taken_minor, d.order_minor) as cut_minor
        from of_students as s
        inner join (
            select distinct d.cart_id, d.order_minor from dues as d
        ) as d on s.cart_id = d.cart_id
        window taken as (
            partition by s.cart_id order by s.student_id nulls last, s.number
            rows unbounded preceding
        )
    ),

    due as (
        select
            g.cart_id, g.student_id, g.code, g.basis, g.amount_minor, g.rule_table, g.rule_id
        from given as g
        where g.amount_minor > 0
        union all
        select
            o.cart_id, o.student_id, o.code, o.basis, - o.cut_minor::bigint, o.rule_table,
            o.rule_id
        from of_orders as o
        where o.cut_minor > 0
    )

    select
        d.cart_id, d.student_id, 'adjustment', d.code, null::bigint, d.basis, d.amount_minor,
        d.rule_table, d.rule_id, 1
    from due as d
    order by d.cart_id, d.student_id, d.rule_table desc, d.rule_id;
end;
$$;
alter function pricing.adjustment_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[]
) owner to pricing;
comment on function pricing.adjustment_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[]
) is
$$Family stage: what staff have set for one line, and what they add or take off beside the rules.

A line whose price was set has the difference beside it. Nothing is taken off below 0: not of a
student, and not in all. An adjustment that finds nothing to take off has no line.$$;
