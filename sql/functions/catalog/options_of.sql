create or replace function catalog.options_of(p_document jsonb, p_requirement_id bigint)
returns setof catalog.requirement_options
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select n.*
    from jsonb_array_elements(p_document -> 'options') with ordinality as o (value, position)
    cross join lateral jsonb_populate_record(
        null::catalog.requirement_options,
        jsonb_build_object(
            'studio_id', auth.studio_id(),
            'id', o.position,
            'requirement_id', p_requirement_id,
            'alternative', o.value -> 'alternative',
            'class_title', o.value -> 'class',
            'discipline', o.value -> 'discipline',
            'level', o.value -> 'level',
            'division_id', (
                select d.id
                from catalog.divisions as d
                where d.studio_id = auth.studio_id() and d.code = o.value ->> 'division'
            ),
            'class_count', o.value -> 'count'
        )
    ) as n
    order by o.position;
end;
$$;
alter function catalog.options_of(jsonb, bigint) owner to catalog;
comment on function catalog.options_of(jsonb, bigint) is
$$The options of a requirement that managers wrote down, as rows, in their order.$$;
