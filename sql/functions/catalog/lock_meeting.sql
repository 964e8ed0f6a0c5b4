create or replace function catalog.lock_meeting(p_meeting_id bigint)
returns catalog.meetings
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_meeting catalog.meetings;
    v_title text;
begin
    select m.* into v_meeting
    from catalog.meetings as m
    where m.studio_id = auth.studio_id() and m.id = p_meeting_id
    for no key update;
    if not found then
        perform ops.fail('meeting_not_found');
    end if;
    perform catalog.lock_section(v_meeting.section_id);
    if v_meeting.status = 'cancelled' then
        select k.title into strict v_title
        from catalog.sections as s
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        where s.studio_id = v_meeting.studio_id and s.id = v_meeting.section_id;
        perform ops.fail('meeting_cancelled', jsonb_build_object('title', v_title));
    end if;
    return v_meeting;
end;
$$;
alter function catalog.lock_meeting(bigint) owner to catalog;
grant execute on function catalog.lock_meeting(bigint) to enrollment;
comment on function catalog.lock_meeting(bigint) is
$$Lock a meeting that takes place, and its section after it; answers it as it is then.

In the order in which an UPDATE of meetings takes them. For enrollment. Raises meeting_not_found,
meeting_cancelled.$$;
