create or replace function enrollment.on_tier_times_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in those hours.
set "callboard.family_id" = ''
as $$
declare
    v_section_id constant bigint := (new.payload ->> 'section_id')::bigint;
begin
    -- A claim under way has read the old hours: it is waited for, and the next one waits.
    perform enrollment.release_lapsed(
        p_section_ids => array[v_section_id], p_wait => true, p_keeps_claims_out => true
    );
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
            e.studio_id = new.studio_id
            and e.section_id = v_section_id
            and e.tier_id = new.subject_id
    ) then
        perform ops.fail('section_has_seats', jsonb_build_object('section_id', v_section_id));
    end if;
    return null;
end;
$$;
alter function enrollment.on_tier_times_changed() owner to enrollment;
comment on function enrollment.on_tier_times_changed() is
$$Refuse other hours of a tier that students have seats in: a family chose those it had.

Raises section_has_seats.$$;

create or replace trigger _200_on_tier_times_changed
after insert on ops.domain_events
for each row when (new.kind = 'tier.times_changed')
execute function enrollment.on_tier_times_changed();
