create or replace function enrollment.section_title(p_section_id bigint)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select k.title
        from catalog.sections as s
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        where s.studio_id = auth.studio_id() and s.id = p_section_id
    );
end;
$$;
alter function enrollment.section_title(bigint) owner to enrollment;
comment on function enrollment.section_title(bigint) is
$$The title of a section's class, for sentences.$$;
