create or replace function catalog.lock_section(
    p_section_id bigint, p_held_on date default null
)
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
    perform
    from catalog.meetings as m
    where
        m.studio_id = auth.studio_id()
        and m.section_id = p_section_id
        and m.held_on = p_held_on
    order by m.id
    for no key update;
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
alter function catalog.lock_section(bigint, date) owner to catalog;
grant execute on function catalog.lock_section(bigint, date) to enrollment;
comment on function catalog.lock_section(bigint, date) is
$$Lock a section for a change of its capacity or times, and answer it as it is then.

The first lock of such an act, in the order in which an UPDATE of meetings takes them: those of a
date, then the section. For enrollment. Raises section_not_found.$$;
