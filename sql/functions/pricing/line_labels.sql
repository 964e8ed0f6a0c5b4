create or replace function pricing.line_labels(
    p_lines pricing.line[], p_plan pricing.payment_plans
)
returns text[]
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_line pricing.line;
    v_tuition_of bigint [] := array[]::bigint [];
    v_is_any_set boolean := false;
    v_labels text [];
    v_set_labels text [];
begin
    foreach v_line in array p_lines
    loop
        if v_line.kind = 'tuition' then
            v_tuition_of := array_append(v_tuition_of, v_line.student_id);
        elsif v_line.rule_table = 'pricing.line_overrides' then
            v_is_any_set := true;
        end if;
    end loop;
    v_labels := array(
        select
            pricing.line_label(
                l.kind,
                l.code,
                l.section_id,
                l.basis,
                l.rule_table,
                l.rule_id,
                case l.kind
                    when 'tuition' then (
                        select d.name
                        from catalog.divisions as d
                        where d.studio_id = v_studio_id and d.code = l.code
                    )
                    when 'fee' then (
                        select f.label
                        from pricing.fee_rules as f
                        where f.studio_id = v_studio_id and f.id = l.rule_id
                    )
                    when 'discount' then (
                        select d.label
                        from pricing.discounts as d
                        where d.studio_id = v_studio_id and d.id = l.rule_id
                    )
                    when 'add_on' then (
                        select a.name
                        from pricing.add_ons as a
                        where a.studio_id = v_studio_id and a.id = l.rule_id
                    )
                    when 'program' then (
                        select g.name
                        from catalog.programs as g
                        where g.studio_id = v_studio_id and g.code = l.code
                    )
                    when 'plan_fee' then p_plan.label
                end,
                case
                    when l.section_id is not null then (
                        select k.title
                        from catalog.sections as s
                        inner join catalog.classes as k
                            on s.studio_id = k.studio_id and s.class_id = k.id
                        where s.studio_id = v_studio_id and s.id = l.section_id
                    )
                end,
                l.kind = 'tuition'
                and cardinality(array_positions(v_tuition_of, l.student_id)) > 1
            )
        from unnest(p_lines) as l
    );
    if not v_is_any_set then
        return v_labels;
    end if;
    -- Where the price of a line was set, the difference is named after that line.
    for v_set in 1..cardinality(p_lines)
    loop
        if p_lines[v_set].rule_table = 'pricing.line_overrides' then
            v_set_labels := array[]::text [];
            for v_number in 1..v_set - 1
            loop
                if
                    p_lines[v_number].kind = p_lines[v_set].basis ->> 'kind'
                    and p_lines[v_number].code = p_lines[v_set].basis ->> 'code'
                    and p_lines[v_number].student_id is not distinct from p_lines[v_set].student_id
                then
                    v_set_labels := array_append(v_set_labels, v_labels[v_number]);
                end if;
            end loop;
            v_labels[v_set]
            := concat(v_labels[v_set], ': ', array_to_string(v_set_labels, ', '));
        end if;
    end loop;
    return v_labels;
end;
$$;
alter function pricing.line_labels(pricing.line[], pricing.payment_plans) owner to pricing;
comment on function pricing.line_labels(pricing.line[], pricing.payment_plans) is
$$The lines of a price in words, one label for each, in their order.

Names are looked up on reading, from ids and codes, in one statement: starting one for each line took
longer than all the looking up. What few prices need, pricing.line_label() looks up itself, as each
table costs every start of this statement. p_plan: the one the lines were priced by, whose fee may be
among them.$$;
