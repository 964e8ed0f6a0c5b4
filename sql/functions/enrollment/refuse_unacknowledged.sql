create or replace function enrollment.refuse_unacknowledged(
    p_findings jsonb, p_acknowledged text[]
)
returns void
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_open jsonb;
    v_block jsonb;
begin
    select jsonb_agg(f.value order by f.position) into v_open
    from jsonb_array_elements(p_findings) with ordinality as f (value, position)
    where
        coalesce(f.value #>> '{details,fix,acknowledge}', f.value ->> 'code')
        <> all(coalesce(p_acknowledged, '{}'))
        -- What takes one adult for each child is said of each, unless there is only one.
        and (
            f.value ->> 'code' <> all(coalesce(p_acknowledged, '{}'))
            or exists (
                select
                from jsonb_array_elements(p_findings) as o
                where
                    o.value ->> 'code' = f.value ->> 'code'
                    and o.value -> 'student_id' <> f.value -> 'student_id'
            )
        );
    select f.value into v_block
    from jsonb_array_elements(v_open) with ordinality as f (value, position)
    where f.value ->> 'enforcement' = 'hard_block'
    order by f.position
    limit 1;
    if found then
        perform ops.fail(
            v_block ->> 'code',
            v_block -> 'details'
            || jsonb_build_object(
                'student_id', v_block -> 'student_id', 'section_id', v_block -> 'section_id'
            )
        );
    elsif v_open is not null then
        perform ops.fail('warning_not_acknowledged', jsonb_build_object('findings', v_open));
    end if;
end;
$$;
alter function enrollment.refuse_unacknowledged(jsonb, text[]) owner to enrollment;
comment on function enrollment.refuse_unacknowledged(jsonb, text[]) is
$$Refuse a checkout whose family has not acknowledged each warning that was found.

By its code, or by what its fix names where each student is acknowledged alone. Raises
warning_not_acknowledged with those that are left, or the code of a hard block among them.$$;
