create or replace function enrollment.override_findings(
    p_findings jsonb, p_overrides jsonb, out lifted jsonb, out remaining jsonb
)
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_override jsonb;
    v_found jsonb;
begin
    lifted := jsonb_build_array();
    remaining := p_findings;
    for v_override in select o.value from jsonb_array_elements(p_overrides) as o
    loop
        select jsonb_agg(f.value) into v_found
        from jsonb_array_elements(p_findings) as f
        where
            f.value ->> 'code' = v_override ->> 'code'
            and f.value ->> 'student_id'
            = coalesce(v_override ->> 'student_id', f.value ->> 'student_id')
            and f.value ->> 'section_id'
            = coalesce(v_override ->> 'section_id', f.value ->> 'section_id');
        if v_override ->> 'code' = 'seat_unavailable' then
            -- It is found by who claims the seats, later.
            perform ops.fail(
                'override_not_allowed', jsonb_build_object('finding', v_override -> 'code')
            );
        elsif v_found is null then
            perform ops.fail(
                'override_unused', jsonb_build_object('finding', v_override -> 'code')
            );
        elsif
            exists (
                select
                from jsonb_array_elements(v_found) as f
                where not enrollment.is_overridable(f.value)
            )
        then
            perform ops.fail(
                'override_not_allowed', jsonb_build_object('finding', v_override -> 'code')
            );
        elsif
            (
                select count(distinct (f.value -> 'student_id', f.value -> 'section_id')) > 1
                from jsonb_array_elements(v_found) as f
            )
            -- Lifted by an earlier one, which named it otherwise.
            or not remaining @> v_found
        then
            perform ops.fail(
                'override_ambiguous', jsonb_build_object('finding', v_override -> 'code')
            );
        end if;
        lifted := lifted || (
            select
                jsonb_agg(
                    f.value || jsonb_build_object('reason', v_override -> 'reason')
                    order by f.position
                )
            from jsonb_array_elements(v_found) with ordinality as f (value, position)
        );
        remaining := (
            select coalesce(jsonb_agg(f.value order by f.position), '[]')
            from jsonb_array_elements(remaining) with ordinality as f (value, position)
            where f.value not in (select x.value from jsonb_array_elements(v_found) as x)
        );
    end loop;
end;
$$;
alter function enrollment.override_findings(jsonb, jsonb) owner to enrollment;
comment on function enrollment.override_findings(jsonb, jsonb) is
$$Divide the findings of a cart into those that overrides lift, with the reason, and the rest.

An override lifts what it names of one student and one section: as a rule one finding, several where
several rules say the same. Raises override_unused, override_not_allowed, override_ambiguous.$$;
