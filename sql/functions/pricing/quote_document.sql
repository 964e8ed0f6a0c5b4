create or replace function pricing.quote_document(p_quote_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_document jsonb;
begin
    with labelled as (
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
                        'Tuition, %s, %s', d.name,
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
                    || coalesce(', price list of ' || o.name, '')
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
                    when 'program' then g.name || ', set price'
                    when 'override' then k.title
                    || case l.rule_table
                        when 'pricing.class_prices' then ', set price'
                        else ', price set by the studio'
                    end
                    when 'tier' then format('%s, %s', k.title, t.name)
                    when 'drop_in' then format(
                        '%s, %s date%s: %s',
                        k.title,
                        jsonb_array_length(l.basis -> 'dates'),
                        case when jsonb_array_length(l.basis -> 'dates') <> 1 then 's' else '' end,
                        studio.dates_text(
                            array(
                                select to_date(x.value ->> 'held_on', 'YYYY-MM-DD')
                                from jsonb_array_elements(l.basis -> 'dates') as x
                            )
                        )
                    )
                    when 'fee' then f.label
                    || case
                        when l.basis ->> 'units' <> '1' then format(' × %s', l.basis ->> 'units')
                        else ''
                    end
                    || pricing.left_words(l.basis)
                    when 'discount' then dc.label
                    || coalesce(
                        ', ' || trim_scale((l.basis ->> 'percent_bp')::numeric / 100) || ' % off',
                        ''
                    )
                    when 'coupon' then coalesce('Coupon ' || cp.code, cp.name)
                    || coalesce(
                        ', ' || trim_scale((l.basis ->> 'percent_bp')::numeric / 100) || ' % off',
                        ''
                    )
                    when 'family_discount' then format(
                        'Family discount, %s students', l.basis ->> 'students'
                    )
                    when 'plan_fee' then format(
                        '%s, fee for %s payments', pp.label, l.basis ->> 'installments'
                    )
                    when 'add_on' then format('%s, %s', ao.name, k.title)
                    when 'adjustment' then coalesce(aj.label, 'Price set by the studio')
                    when 'credit' then 'Credit'
                end,
                'amount_minor', l.amount_minor,
                'basis', l.basis,
                'rule', jsonb_build_object(
                    'table', l.rule_table, 'id', l.rule_id, 'version', l.rule_version
                )
            ) as line
        from pricing.quote_lines as l
        left join catalog.divisions as d
            on l.kind = 'tuition' and l.studio_id = d.studio_id and l.code = d.code
        left join studio.locations as o
            on
                l.kind = 'tuition'
                and l.studio_id = o.studio_id
                and (l.basis ->> 'location_id')::bigint = o.id
        left join catalog.programs as g
            on l.kind = 'program' and l.studio_id = g.studio_id and l.code = g.code
        left join catalog.sections as s
            on
                l.kind in ('override', 'tier', 'drop_in', 'add_on')
                and l.studio_id = s.studio_id
                and l.section_id = s.id
        left join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        left join catalog.section_tiers as t
            on
                l.kind = 'tier'
                and l.studio_id = t.studio_id
                and l.section_id = t.section_id
                and l.code = t.code
        left join pricing.fee_rules as f
            on l.kind = 'fee' and l.studio_id = f.studio_id and l.rule_id = f.id
        left join pricing.discounts as dc
            on l.kind = 'discount' and l.studio_id = dc.studio_id and l.rule_id = dc.id
        left join pricing.coupons as cp
            on l.kind = 'coupon' and l.studio_id = cp.studio_id and l.rule_id = cp.id
        left join pricing.payment_plans as pp
            on l.kind = 'plan_fee' and l.studio_id = pp.studio_id and l.rule_id = pp.id
        left join pricing.add_ons as ao
            on l.kind = 'add_on' and l.studio_id = ao.studio_id and l.rule_id = ao.id
        left join pricing.adjustments as aj
            on
                l.rule_table = 'pricing.adjustments'
                and l.studio_id = aj.studio_id
                and l.rule_id = aj.id
        where l.studio_id = v_studio_id and l.quote_id = p_quote_id
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
                'name', st.first_name,
                'lines', jsonb_agg(w.line order by w.line_number),
                'subtotal_minor', sum(w.amount_minor)
            ) as student
        from worded as w
        inner join identity.students as st
            on st.studio_id = v_studio_id and w.student_id = st.id
        group by w.student_id, st.first_name
    )

    select
        jsonb_build_object(
            'quote_id', q.id,
            'cart_id', q.cart_id,
            'term_id', q.term_id,
            'priced_at', q.priced_at,
            'engine_version', q.engine_version,
            'currency', studio.currency(),
            'plan', jsonb_build_object(
                'code', p.code,
                'label', p.label,
                'installments', jsonb_array_length(i.schedule),
                'auto_pay', p.auto_pay
            ),
            'students', (
                select jsonb_agg(s.student order by s.position) from students as s
            ),
            'family_lines', (
                select coalesce(jsonb_agg(w.line order by w.line_number), '[]')
                from worded as w
                where w.student_id is null
            ),
            'total_minor', q.total_minor,
            'schedule', i.schedule
        )
    into v_document
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
    cross join lateral (
        select
            jsonb_agg(
                jsonb_build_object(
                    'number', n.number, 'due_on', n.due_on, 'amount_minor', n.amount_minor
                )
                order by n.number
            ) as schedule
        from pricing.quote_installments as n
        where n.studio_id = q.studio_id and n.quote_id = q.id
    ) as i
    where q.studio_id = v_studio_id and q.id = p_quote_id;
    return v_document;
end;
$$;
alter function pricing.quote_document(bigint) owner to pricing;
grant execute on function pricing.quote_document(bigint) to enrollment;
grant execute on function pricing.quote_document(bigint) to messaging;
comment on function pricing.quote_document(bigint) is
$$A stored quote in words: lines by student, subtotals, family lines, total and schedule.

Labels and names are made on reading, from ids and codes. Null when there is no such quote.$$;
