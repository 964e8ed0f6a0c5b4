create or replace function catalog.requirement_of(
    p_term_id bigint, p_document jsonb, p_requirement_id bigint
)
returns catalog.requirements
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_requirement catalog.requirements;
begin
    v_requirement := jsonb_populate_record(
        null::catalog.requirements,
        p_document - '{class,division,options}'::text []
        || jsonb_build_object(
            'studio_id', auth.studio_id(),
            'id', p_requirement_id,
            'term_id', p_term_id,
            'class_id', (
                select k.id
                from catalog.classes as k
                where
                    k.studio_id = auth.studio_id()
                    and k.term_id = p_term_id
                    and k.title = p_document ->> 'class'
            ),
            'division_id', (
                select d.id
                from catalog.divisions as d
                where d.studio_id = auth.studio_id() and d.code = p_document ->> 'division'
            )
        )
    );
    return v_requirement;
end;
$$;
alter function catalog.requirement_of(bigint, jsonb, bigint) owner to catalog;
comment on function catalog.requirement_of(bigint, jsonb, bigint) is
$$The row of a requirement that managers wrote down, with titles and codes looked up.$$;
