create or replace function enrollment.has_waitlist(p_section_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select k.waitlist_offered and s.capacity is not null
        from catalog.sections as s
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        where s.studio_id = auth.studio_id() and s.id = p_section_id
    );
end;
$$;
alter function enrollment.has_waitlist(bigint) owner to enrollment;
comment on function enrollment.has_waitlist(bigint) is
$$Whether one can wait for a place of a section.

A refusal for lack of a seat says so.$$;
