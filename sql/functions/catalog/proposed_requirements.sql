create or replace function catalog.proposed_requirements(
    p_term_id bigint,
    p_documents jsonb,
    out requirements catalog.requirements[],
    out options catalog.requirement_options[]
)
returns record
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_documents constant jsonb := catalog.requirement_rows(p_term_id, p_documents);
begin
    -- Rows that are not there yet have numbers below 0.
    requirements := array(
        select n
        from jsonb_array_elements(v_documents) with ordinality as r (document, position)
        cross join lateral catalog.requirement_of(p_term_id, r.document, -r.position) as n
    ) || array(
        select r
        from catalog.requirements as r
        where
            r.studio_id = auth.studio_id()
            and r.term_id is null
            and p_term_id is not null
            and r.superseded_at is null
    );
    options := array(
        select o
        from jsonb_array_elements(v_documents) with ordinality as r (document, position)
        cross join lateral catalog.options_of(r.document, -r.position) as o
    ) || array(
        select o
        from catalog.requirement_options as o
        inner join catalog.requirements as r
            on o.studio_id = r.studio_id and o.requirement_id = r.id
        where
            o.studio_id = auth.studio_id()
            and r.term_id is null
            and p_term_id is not null
            and r.superseded_at is null
    );
end;
$$;
alter function catalog.proposed_requirements(bigint, jsonb) owner to catalog;
grant execute on function catalog.proposed_requirements(bigint, jsonb) to enrollment;
comment on function catalog.proposed_requirements(bigint, jsonb) is
$$What would be asked of students if a term's requirements were these: with those of the studio.

Nothing is saved. Raises what requirement_rows() raises. For enrollment.$$;
