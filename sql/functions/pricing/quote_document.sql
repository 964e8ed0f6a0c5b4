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
    with worded as (
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
                    when 'program' then g.name || ', set price'
                    when 'override' then k.title || ', price set by the studio'
                    when 'fee' then f.label
                    || case
                        when l.basis ->> 'units' <> '1' then format(' × %s', l.basis ->> 'units')
                        else ''
                    end
                    when 'family_discount' then format(
                        'Family discount, %s students', l.basis ->> 'students'
                    )
                    when 'plan_fee' then format(
                        '%s, fee for %s payments', pp.label, l.basis ->> 'installments'
                    )
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
        left join catalog.programs as g
            on l.kind = 'program' and l.studio_id = g.studio_id and l.code = g.code
        left join catalog.sections as s
            on l.kind = 'override' and l.studio_id = s.studio_id and l.section_id = s.id
        left join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        left join pricing.fee_rules as f
            on l.kind = 'fee' and l.studio_id = f.studio_id and l.rule_id = f.id
        left join pricing.payment_plans as pp
            on l.kind = 'plan_fee' and l.studio_id = pp.studio_id and l.rule_id = pp.id
        where l.studio_id = v_studio_id and l.quote_id = p_quote_id
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
                'installments', p.installments,
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
            'schedule', q.schedule
        )
    into v_document
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
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
