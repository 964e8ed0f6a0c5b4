create or replace function enrollment.refuse_findings(p_findings jsonb)
returns void
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_finding jsonb;
begin
    select f.value into v_finding
    from jsonb_array_elements(p_findings) as f
    where
        f.value ->> 'enforcement' = 'hard_block'
        -- That is for enrollment.refuse_unacknowledged().
        and f.value #> '{details,fix,acknowledge}' is null
    limit 1;
    if found then
        perform ops.fail(
            v_finding ->> 'code',
            v_finding -> 'details'
            || jsonb_build_object(
                'student_id', v_finding -> 'student_id',
                'section_id', v_finding -> 'section_id'
            )
        );
    end if;
end;
$$;
alter function enrollment.refuse_findings(jsonb) owner to enrollment;
comment on function enrollment.refuse_findings(jsonb) is
$$Raise the first hard block among the findings of a cart that no acknowledgement can lift.$$;
