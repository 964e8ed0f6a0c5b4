create or replace function enrollment.checked_overrides(p_overrides jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_overrides jsonb;
begin
    -- Each in a statement of its own: a shape has to hold before it is looked into.
    if jsonb_typeof(p_overrides) <> 'array' or jsonb_array_length(p_overrides) > 50 then
        perform ops.fail('overrides_invalid');
    elsif exists (
        select from jsonb_array_elements(p_overrides) as o where jsonb_typeof(o.value) <> 'object'
    ) then
        perform ops.fail('overrides_invalid');
    elsif exists (
        select
        from jsonb_array_elements(p_overrides) as o
        cross join lateral jsonb_each(o.value) as k
        where
            k.key not in ('code', 'reason', 'student_id', 'section_id')
            or (
                k.key in ('student_id', 'section_id')
                and jsonb_typeof(k.value) <> 'null'
                and not (jsonb_typeof(k.value) = 'number' and k.value::text ~ '^[0-9]{1,18}$')
            )
            or (k.key = 'code' and length(k.value #>> '{}') > 64)
    ) then
        perform ops.fail('overrides_invalid');
    elsif exists (
        select
        from jsonb_array_elements(p_overrides) as o
        where jsonb_typeof(o.value -> 'code') is distinct from 'string'
    ) then
        perform ops.fail('overrides_invalid');
    end if;
    select
        coalesce(
            jsonb_agg(
                o.value || jsonb_build_object(
                    'reason', case
                        when jsonb_typeof(o.value -> 'reason') = 'string'
                            then btrim(regexp_replace(o.value ->> 'reason', '\s+', ' ', 'g'))
                    end
                )
                order by o.position
            ),
            '[]'
        )
    into v_overrides
    from jsonb_array_elements(p_overrides) with ordinality as o (value, position);
    if exists (
        select
        from jsonb_array_elements(v_overrides) as o
        where
            jsonb_typeof(o.value -> 'reason') is distinct from 'string'
            or length(o.value ->> 'reason') not between 1 and 500
    ) then
        perform ops.fail('reason_required');
    elsif exists (
        select
        from jsonb_array_elements(v_overrides) as o
        group by o.value ->> 'code', o.value ->> 'student_id', o.value ->> 'section_id'
        having count(*) > 1
    ) then
        perform ops.fail('overrides_invalid');
    end if;
    return v_overrides;
end;
$$;
alter function enrollment.checked_overrides(jsonb) owner to enrollment;
comment on function enrollment.checked_overrides(jsonb) is
$$Overrides as staff gave them, if each has a code and a reason; reasons with single blanks.

Raises overrides_invalid, reason_required.$$;
