create or replace function enrollment.settle_entries(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_entry record;
    v_seat_ids bigint [];
begin
    for v_entry in
        select w.id, w.family_id, w.section_id, w.student_id, w.held_on, w.replaces_enrollment_id
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.registration_id = p_registration_id
        order by w.id
    loop
        perform ops.emit(
            'waitlist.registered',
            v_entry.id,
            v_entry.family_id,
            jsonb_build_object(
                'section_id', v_entry.section_id,
                'student_id', v_entry.student_id,
                'held_on', v_entry.held_on,
                'registration_id', p_registration_id
            )
        );
        -- What it replaces may have ended by itself meanwhile.
        update enrollment.enrollments as e
        set status = 'cancelled'
        where
            e.studio_id = v_studio_id
            and e.id = v_entry.replaces_enrollment_id
            and e.status = 'confirmed';
        continue when not found;
        v_seat_ids := array(
            select s.id
            from enrollment.seats as s
            where
                s.studio_id = v_studio_id
                and s.family_id = v_entry.family_id
                and s.enrollment_id = v_entry.replaces_enrollment_id
        );
        perform enrollment.free_seats(v_seat_ids, 'cancel');
        -- The new seat has all of its minutes to itself again: the trigger works it out.
        update enrollment.seats as s
        set during = s.during
        where
            s.studio_id = v_studio_id
            and s.family_id = v_entry.family_id
            and s.student_id = v_entry.student_id
            and s.unshared <> s.during;
        perform ops.emit(
            'enrollment.replaced',
            v_entry.replaces_enrollment_id,
            v_entry.family_id,
            jsonb_build_object(
                'section_id', v_entry.section_id,
                'student_id', v_entry.student_id,
                'registration_id', p_registration_id
            )
        );
    end loop;
end;
$$;
alter function enrollment.settle_entries(bigint) owner to enrollment;
comment on function enrollment.settle_entries(bigint) is
$$What follows from an accepted offer that is paid: the enrollment it replaces is given up.

Not before, so that nobody who fails to pay has lost both. For enrollment.confirm_registration(),
which has locked the queues of what is given up.$$;
