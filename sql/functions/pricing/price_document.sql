create or replace function pricing.price_document(
    p_lines pricing.line[],
    p_plan pricing.payment_plans,
    p_schedule json,
    p_family_id bigint default null,
    out currency text,
    out plan json,
    out students json,
    out family_lines json,
    out schedule json
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_labels constant text [] := pricing.line_labels(p_lines, p_plan);
begin
    -- Rows are made JSON where they are told, once: as jsonb each level would copy those in it.
    select
        coalesce(
            json_agg(p order by g.first_number) filter (where g.student_id is not null), '[]'
        ),
        coalesce((array_agg(g.lines) filter (where g.student_id is null))[1], '[]')
    into students, family_lines
    from (
        select
            l.student_id,
            min(l.line_number) as first_number,
            sum(l.amount_minor) as subtotal_minor,
            json_agg(d order by l.line_number) as lines
        from unnest(p_lines, v_labels) with ordinality as l (
            cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
            rule_id, rule_version, label, line_number
        )
        cross join lateral (
            select l.rule_table as "table", l.rule_id as id, l.rule_version as version
        ) as r
        cross join lateral (
            select
                l.student_id, l.kind, l.code, l.label, l.amount_minor, l.basis, r as rule
        ) as d
        group by l.student_id
    ) as g
    cross join lateral (
        select
            g.student_id,
            -- An imagined one has a number only.
            coalesce(
                (
                    select st.first_name
                    from identity.students as st
                    where
                        st.studio_id = v_studio_id
                        and st.family_id = p_family_id
                        and st.id = g.student_id
                ),
                format('Student %s', g.student_id)
            ) as name,
            g.lines,
            g.subtotal_minor
    ) as p;
    currency := studio.currency();
    plan := json_build_object(
        'code', p_plan.code,
        'label', p_plan.label,
        'installments', json_array_length(p_schedule),
        'auto_pay', p_plan.auto_pay
    );
    schedule := p_schedule;
end;
$$;
alter function pricing.price_document(
    pricing.line[], pricing.payment_plans, json, bigint
) owner to pricing;
comment on function pricing.price_document(
    pricing.line[], pricing.payment_plans, json, bigint
) is
$$A price in words: lines by student with subtotals, family lines, plan and schedule.

The one place that makes them, for quotes that are kept and for imagined students. p_family_id: whose
students they are; null: imagined ones, named by their numbers. p_schedule: array of
{number, due_on, amount_minor}. Labels and names are made on reading, from ids and codes.$$;
