create or replace function enrollment.end_due_enrollments()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(now());
    v_section_ids bigint [];
    v_enrollment enrollment.enrollments;
    v_ended integer := 0;
begin
    v_section_ids := array(
        select distinct e.section_id
        from enrollment.enrollments as e
        where e.studio_id = v_studio_id and e.status = 'confirmed' and e.ended_on <= v_today
    );
    -- All at once, and before any row, as everybody else takes them.
    perform enrollment.lock_queues(v_section_ids);
    for v_enrollment in
        select e.*
        from enrollment.enrollments as e
        where
            e.studio_id = v_studio_id
            and e.status = 'confirmed'
            and e.ended_on <= v_today
            and e.section_id = any(v_section_ids)
        -- Places by section.
        order by e.section_id, e.id
        for no key update skip locked
    loop
        update enrollment.enrollments as e
        set status = 'cancelled'
        where e.studio_id = v_studio_id and e.id = v_enrollment.id;
        -- What is left of its seats is over, so there is nothing to pass on.
        perform enrollment.leave_from(v_enrollment, v_today);
        v_ended := v_ended + 1;
    end loop;
    return v_ended;
end;
$$;
alter function enrollment.end_due_enrollments() owner to enrollment;
grant execute on function enrollment.end_due_enrollments() to scheduler;
comment on function enrollment.end_due_enrollments() is
$$Job: end the enrollments whose day has come (ended_on); answers how many.

Their places have been free from that day on since it was set.$$;
