create or replace function pricing.price_document(
    p_lines pricing.line[],
    p_plan pricing.payment_plans,
    p_schedule jsonb,
    p_family_id bigint default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Planning this statement anew for each price would take longer than carrying it out.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_document jsonb;
begin
    -- What a line is about is looked up for its kind alone: joined, every line would look into
    -- every table.
    with named as materialized (
        select
            l.*,
            case l.kind
                when 'tuition'
                    then (
                        select d.name
                        from catalog.divisions as d
                        where d.studio_id = v_studio_id and d.code = l.code
                    )
                when 'program'
                    then (
                        select g.name
                        from catalog.programs as g
                        where g.studio_id = v_studio_id and g.code = l.code
                    )
                when 'tier'
                    then (
                        select t.name
                        from catalog.section_tiers as t
                        where
                            t.studio_id = v_studio_id
                            and t.section_id = l.section_id
                            and t.code = l.code
                    )
                when 'fee'
                    then (
                        select f.label
                        from pricing.fee_rules as f
                        where f.studio_id = v_studio_id and f.id = l.rule_id
                    )
                when 'discount'
                    then (
                        select d.label
                        from pricing.discounts as d
                        where d.studio_id = v_studio_id and d.id = l.rule_id
                    )
                when 'coupon'
                    then (
                        select coalesce('Coupon ' || c.code, c.name)
                        from pricing.coupons as c
                        where c.studio_id = v_studio_id and c.id = l.rule_id
                    )
                when 'plan_fee'
                    then (
                        select p.label
                        from pricing.payment_plans as p
                        where p.studio_id = v_studio_id and p.id = l.rule_id
                    )
                when 'add_on'
                    then (
                        select a.name
                        from pricing.add_ons as a
                        where a.studio_id = v_studio_id and a.id = l.rule_id
                    )
                when 'adjustment'
                    then (
                        select a.label
                        from pricing.adjustments as a
                        where
                            l.rule_table = 'pricing.adjustments'
                            and a.studio_id = v_studio_id
                            and a.id = l.rule_id
                    )
            end as name,
            case
                when l.kind in ('override', 'tier', 'drop_in', 'add_on')
                    then (
                        select k.title
                        from catalog.sections as s
                        inner join catalog.classes as k
                            on s.studio_id = k.studio_id and s.class_id = k.id
                        where s.studio_id = v_studio_id and s.id = l.section_id
                    )
            end as title
        from unnest(p_lines) with ordinality as l (
            cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table, rule_id,
            rule_version, line_number
        )
    ),

    labelled as (
        select
            l.line_number,
            l.student_id,
            l.amount_minor,
            jsonb_build_object(
                'student_id', l.student_id,
                'kind', l.kind,
                'code', l.code,
                'label', case l.kind
                    when 'tuition' then format(
                        'Tuition, %s, %s', l.name,
                        case l.basis ->> 'basis'
                            when 'distinct_weekdays' then format(
                                '%s day%s a week',
                                l.basis ->> 'weekly_count',
                                case when l.basis ->> 'weekly_count' <> '1' then 's' else '' end
                            )
                            else format(
                                '%s weekly meeting%s',
                                l.basis ->> 'weekly_count',
                                case when l.basis ->> 'weekly_count' <> '1' then 's' else '' end
                            )
                        end
                    )
                    || case
                        when l.basis ? 'location_id'
                            then (
                                select ', price list of ' || o.name
                                from studio.locations as o
                                where
                                    o.studio_id = v_studio_id
                                    and o.id = (l.basis ->> 'location_id')::bigint
                            )
                        else ''
                    end
                    || case
                        when l.basis ->> 'enrolled_count' <> '0'
                            then format(', less %s paid before', l.basis ->> 'enrolled_count')
                        else ''
                    end
                    || case
                        when l.basis ? 'apart_minor'
                            then ', no less than for a part of the classes'
                        else ''
                    end
                    || case
                        when
                            count(*) filter (where l.kind = 'tuition')
                            over (partition by l.student_id) > 1
                            then to_char(
                                to_date(l.basis ->> 'starts_on', 'YYYY-MM-DD'),
                                '", from" Mon FMDD'
                            )
                        else ''
                    end
                    || pricing.left_words(l.basis)
                    when 'program' then l.name || ', set price'
                    when 'override' then l.title
                    || case l.rule_table
                        when 'pricing.class_prices' then ', set price'
                        else ', price set by the studio'
                    end
                    when 'tier' then format('%s, %s', l.title, l.name)
                    when 'drop_in' then format(
                        '%s, %s date%s: %s',
                        l.title,
                        jsonb_array_length(l.basis -> 'dates'),
                        case when jsonb_array_length(l.basis -> 'dates') <> 1 then 's' else '' end,
                        studio.dates_text(
                            array(
                                select to_date(x.value ->> 'held_on', 'YYYY-MM-DD')
                                from jsonb_array_elements(l.basis -> 'dates') as x
                            )
                        )
                    )
                    when 'fee' then l.name
                    || case
                        when l.basis ->> 'units' <> '1' then format(' × %s', l.basis ->> 'units')
                        else ''
                    end
                    || pricing.left_words(l.basis)
                    when 'discount' then l.name
                    || coalesce(
                        ', ' || trim_scale((l.basis ->> 'percent_bp')::numeric / 100) || ' % off',
                        ''
                    )
                    when 'coupon' then l.name
                    || coalesce(
                        ', ' || trim_scale((l.basis ->> 'percent_bp')::numeric / 100) || ' % off',
                        ''
                    )
                    when 'family_discount' then format(
                        'Family discount, %s students', l.basis ->> 'students'
                    )
                    when 'plan_fee' then format(
                        '%s, fee for %s payments', l.name, l.basis ->> 'installments'
                    )
                    when 'add_on' then format('%s, %s', l.name, l.title)
                    when 'adjustment' then coalesce(l.name, 'Price set by the studio')
                    when 'credit' then 'Credit'
                end,
                'amount_minor', l.amount_minor,
                'basis', l.basis,
                'rule', jsonb_build_object(
                    'table', l.rule_table, 'id', l.rule_id, 'version', l.rule_version
                )
            ) as line
        from named as l
    ),

    -- Where the price of a line was set, the difference is named after that line.
    worded as (
        select
            l.line_number,
            l.student_id,
            l.amount_minor,
            case
                when l.line #>> '{rule,table}' = 'pricing.line_overrides'
                    then
                        l.line
                        || jsonb_build_object(
                            'label',
                            (
                                select
                                    format(
                                        '%s: %s',
                                        l.line ->> 'label',
                                        string_agg(o.line ->> 'label', ', ' order by o.line_number)
                                    )
                                from labelled as o
                                where
                                    o.line -> 'kind' = l.line #> '{basis,kind}'
                                    and o.line -> 'code' = l.line #> '{basis,code}'
                                    and o.student_id is not distinct from l.student_id
                            )
                        )
                else l.line
            end as line
        from labelled as l
    ),

    students as (
        select
            w.student_id,
            min(w.line_number) as position,
            jsonb_build_object(
                'student_id', w.student_id,
                -- An imagined one has a number only.
                'name', coalesce(st.first_name, format('Student %s', w.student_id)),
                'lines', jsonb_agg(w.line order by w.line_number),
                'subtotal_minor', sum(w.amount_minor)
            ) as student
        from worded as w
        left join identity.students as st
            on
                st.studio_id = v_studio_id
                and st.family_id = p_family_id
                and w.student_id = st.id
        where w.student_id is not null
        group by w.student_id, st.first_name
    )

    select
        jsonb_build_object(
            'currency', studio.currency(),
            'plan', jsonb_build_object(
                'code', p_plan.code,
                'label', p_plan.label,
                'installments', jsonb_array_length(p_schedule),
                'auto_pay', p_plan.auto_pay
            ),
            'students', (
                select jsonb_agg(s.student order by s.position) from students as s
            ),
            'family_lines', (
                select coalesce(jsonb_agg(w.line order by w.line_number), '[]')
                from worded as w
                where w.student_id is null
            ),
            'schedule', p_schedule
        )
    into v_document;
    return v_document;
end;
$$;
alter function pricing.price_document(
    pricing.line[], pricing.payment_plans, jsonb, bigint
) owner to pricing;
comment on function pricing.price_document(
    pricing.line[], pricing.payment_plans, jsonb, bigint
) is
$$A price in words: lines by student with subtotals, family lines, plan and schedule.

The one place that makes them, for quotes that are kept and for imagined students. p_family_id: whose
students they are; null: imagined ones, named by their numbers. p_schedule: array of
{number, due_on, amount_minor}. Labels and names are made on reading, from ids and codes.$$;
