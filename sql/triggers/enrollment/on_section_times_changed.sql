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
        inner join enrollment.enrollments as e
            on
                s.studio_id = e.studio_id
                and s.family_id = e.family_id
                and s.student_id = e.student_id
                and s.section_id = e.section_id
                and s.enrollment_id = e.id
        where
            s.studio_id = new.studio_id
            and s.section_id = new.subject_id
            and not s.during @> case
                when e.tier_id is not null
                    then
                        catalog.tier_minutes(e.section_id, e.tier_id)
                        * enrollment.hours_from(studio.local_date(s.created_at))
                when e.weekdays is not null
                    then (
                        catalog.section_span(
                            e.section_id, e.weekdays, studio.local_date(s.created_at)
                        )
                    ).during
                when e.dates is not null
                    then (
                        select range_agg(tstzrange(m.starts_at, m.ends_at))
                        from catalog.meetings as m
                        where
                            m.studio_id = s.studio_id
                            and m.section_id = s.section_id
                            and s.dates @> m.held_on
                            and m.status = 'scheduled'
                    )
                -- A seat begins on the day on which it was taken.
                else v_during * enrollment.hours_from(studio.local_date(s.created_at))
            end
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

A seat of a tier has the hours of the tier, one for dates only those dates. Meetings that no longer
take place leave the seats as they are. Raises section_has_seats.$$;

create or replace trigger _200_on_section_times_changed
after insert on ops.domain_events
for each row when (new.kind = 'section.times_changed')
execute function enrollment.on_section_times_changed();
