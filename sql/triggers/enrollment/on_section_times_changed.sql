create or replace function enrollment.on_section_times_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in those times.
set "callboard.family_id" = ''
as $$
declare
    v_during constant tstzmultirange := (new.payload ->> 'during')::tstzmultirange;
begin
    -- A claim under way has read the old times: it is waited for, and the next one waits.
    lock table enrollment.seats in share row exclusive mode;
    if exists (
        select
        from enrollment.seats as s
        where
            s.studio_id = new.studio_id
            and s.section_id = new.subject_id
            and not s.during @> v_during
    ) then
        perform ops.fail(
            'section_has_seats', jsonb_build_object('section_id', new.subject_id)
        );
    end if;
    return null;
end;
$$;
alter function enrollment.on_section_times_changed() owner to enrollment;
comment on function enrollment.on_section_times_changed() is
$$Refuse times of a section that seats already taken in it don't cover: a family chose the others.

Meetings that no longer take place leave the seats as they are. Raises section_has_seats.$$;

create or replace trigger _200_on_section_times_changed
after insert on ops.domain_events
for each row when (new.kind = 'section.times_changed')
execute function enrollment.on_section_times_changed();
