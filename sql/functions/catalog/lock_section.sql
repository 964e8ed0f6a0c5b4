create or replace function catalog.lock_section(p_section_id bigint)
returns catalog.sections
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_section catalog.sections;
begin
    select s.* into v_section
    from catalog.sections as s
    where s.studio_id = auth.studio_id() and s.id = p_section_id
    for no key update;
    if not found then
        perform ops.fail('section_not_found');
    end if;
    return v_section;
end;
$$;
alter function catalog.lock_section(bigint) owner to catalog;
grant execute on function catalog.lock_section(bigint) to enrollment;
comment on function catalog.lock_section(bigint) is
$$Lock a section for a change of its capacity or times, and answer it as it is then.

The first lock of such an act, as a plain UPDATE takes it. For enrollment. Raises
section_not_found.$$;
