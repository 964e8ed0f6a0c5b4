create or replace function enrollment.on_section_times_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A claim under way has read the old times: it is waited for, and the next one waits.
    perform enrollment.keep_claims_out(new.subject_id);
    perform enrollment.follow_meetings(
        new.subject_id, p.dates_before, p.moved_from, p.moved_to
    )
    from jsonb_to_record(new.payload) as p (
        dates_before datemultirange, moved_from date [], moved_to date []
    );
    return null;
end;
$$;
alter function enrollment.on_section_times_changed() owner to enrollment;
comment on function enrollment.on_section_times_changed() is
$$Let the seats of a section follow its meetings, whoever changed them.

Raises meeting_clashes, meeting_has_no_room, section_has_seats.$$;

create or replace trigger _200_on_section_times_changed
after insert on ops.domain_events
for each row when (new.kind = 'section.times_changed')
execute function enrollment.on_section_times_changed();
