create or replace function enrollment.live_requirements(
    p_class_id bigint, p_kind text, p_as_of timestamptz
)
returns setof catalog.requirements
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_on constant date := studio.local_date(p_as_of);
begin
    return query
    select r.*
    from catalog.classes as k
    inner join catalog.requirements as r
        on
            k.studio_id = r.studio_id
            and (r.term_id is null or k.term_id = r.term_id)
            and (r.class_id is null or k.id = r.class_id)
    where
        k.studio_id = auth.studio_id()
        and k.id = p_class_id
        and r.kind = p_kind
        and r.superseded_at is null
        and coalesce(r.valid_from <= v_on, true)
        and coalesce(r.valid_until > v_on, true)
    order by rank() over (order by r.term_id is null, r.class_id is null)
    fetch first 1 row with ties;
end;
$$;
alter function enrollment.live_requirements(bigint, text, timestamptz) owner to enrollment;
comment on function enrollment.live_requirements(bigint, text, timestamptz) is
$$The rules of one kind that hold for a class at an instant: those of the narrowest scope.$$;
