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
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_line pricing.line;
    v_tuition_of bigint [] := array[]::bigint [];
    v_labels text [] := array[]::text [];
    v_names jsonb := '{}'::jsonb;
    v_key text;
    v_title text;
    v_price_list text;
    v_label text;
    v_set_labels text [];
    v_documents jsonb [] := array[]::jsonb [];
    v_student_ids bigint [] := array[]::bigint [];
    v_student_id bigint;
    v_name text;
    v_own jsonb [];
    v_subtotal_minor bigint;
    v_students jsonb [] := array[]::jsonb [];
    v_family_lines jsonb [] := array[]::jsonb [];
begin
    foreach v_line in array p_lines
    loop
        if v_line.kind = 'tuition' then
            v_tuition_of := array_append(v_tuition_of, v_line.student_id);
        end if;
    end loop;
    foreach v_line in array p_lines
    loop
        -- Of both students the same rule's.
        v_key := concat_ws(':', v_line.kind, v_line.code, v_line.rule_id, v_line.section_id);
        if not v_names ? v_key then
            v_names := v_names || jsonb_build_object(v_key, pricing.line_name(v_line));
        end if;
        v_title := null;
        if v_line.section_id is not null then
            select k.title into v_title
            from catalog.sections as s
            inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
            where s.studio_id = v_studio_id and s.id = v_line.section_id;
        end if;
        v_price_list := null;
        if v_line.basis ? 'location_id' then
            select o.name into v_price_list
            from studio.locations as o
            where o.studio_id = v_studio_id and o.id = (v_line.basis -> 'location_id')::bigint;
        end if;
        v_label := pricing.line_label(
            v_line,
            v_names ->> v_key,
            v_title,
            v_price_list,
            cardinality(array_positions(v_tuition_of, v_line.student_id)) > 1
        );
        -- Where the price of a line was set, the difference is named after that line.
        if v_line.rule_table = 'pricing.line_overrides' then
            v_set_labels := array[]::text [];
            for v_number in 1..cardinality(v_labels)
            loop
                if
                    p_lines[v_number].kind = v_line.basis ->> 'kind'
                    and p_lines[v_number].code = v_line.basis ->> 'code'
                    and p_lines[v_number].student_id is not distinct from v_line.student_id
                then
                    v_set_labels := array_append(v_set_labels, v_labels[v_number]);
                end if;
            end loop;
            v_label := concat(v_label, ': ', array_to_string(v_set_labels, ', '));
        end if;
        v_labels := array_append(v_labels, v_label);
        v_documents := array_append(
            v_documents,
            jsonb_build_object(
                'student_id', v_line.student_id,
                'kind', v_line.kind,
                'code', v_line.code,
                'label', v_label,
                'amount_minor', v_line.amount_minor,
                'basis', v_line.basis,
                'rule', jsonb_build_object(
                    'table', v_line.rule_table,
                    'id', v_line.rule_id,
                    'version', v_line.rule_version
                )
            )
        );
        if v_line.student_id is null then
            v_family_lines
            := array_append(v_family_lines, v_documents[cardinality(v_documents)]);
        elsif v_line.student_id <> all(v_student_ids) then
            v_student_ids := array_append(v_student_ids, v_line.student_id);
        end if;
    end loop;
    foreach v_student_id in array v_student_ids
    loop
        v_own := array[]::jsonb [];
        v_subtotal_minor := 0::bigint;
        for v_number in 1..cardinality(p_lines)
        loop
            if p_lines[v_number].student_id = v_student_id then
                v_own := array_append(v_own, v_documents[v_number]);
                v_subtotal_minor := v_subtotal_minor + p_lines[v_number].amount_minor;
            end if;
        end loop;
        select st.first_name into v_name
        from identity.students as st
        where
            st.studio_id = v_studio_id
            and st.family_id = p_family_id
            and st.id = v_student_id;
        v_students := array_append(
            v_students,
            jsonb_build_object(
                'student_id', v_student_id,
                -- An imagined one has a number only.
                'name', coalesce(v_name, format('Student %s', v_student_id)),
                'lines', to_jsonb(v_own),
                'subtotal_minor', v_subtotal_minor
            )
        );
    end loop;
    return jsonb_build_object(
        'currency', studio.currency(),
        'plan', jsonb_build_object(
            'code', p_plan.code,
            'label', p_plan.label,
            'installments', jsonb_array_length(p_schedule),
            'auto_pay', p_plan.auto_pay
        ),
        'students', to_jsonb(v_students),
        'family_lines', to_jsonb(v_family_lines),
        'schedule', p_schedule
    );
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
