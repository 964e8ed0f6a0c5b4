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
    v_replaced enrollment.enrollments [];
begin
    for v_entry in
        select w.id, w.family_id, w.section_id, w.student_id, w.held_on
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
    end loop;
    -- What they replace may have ended by itself meanwhile.
    v_replaced := array(
        select e
        from (
            select e.*
            from enrollment.enrollments as e
            where
                e.studio_id = v_studio_id
                and e.id in (
                    select w.replaces_enrollment_id
                    from enrollment.waitlist_entries as w
                    where w.studio_id = v_studio_id and w.registration_id = p_registration_id
                )
                and e.status = 'confirmed'
                -- Nor may it go on until a day to come: the student would be in two places.
                and (
                    e.ended_on is null
                    or not exists (
                        select
                        from enrollment.enrollments as n
                        where n.studio_id = e.studio_id and n.from_enrollment_id = e.id
                    )
                )
            order by e.section_id, e.id
            for no key update
        ) as e
    );
    if v_replaced <> '{}' then
        begin
            perform enrollment.end_enrollments(
                v_replaced, 'replaced', studio.local_date(now()), 'an accepted offer', null, true
            );
        exception
            when sqlstate 'PGRST' then
                -- A class without a price is no reason not to confirm what was paid.
                perform enrollment.end_enrollments(
                    v_replaced, 'replaced', studio.local_date(now()),
                    'an accepted offer; it has no price, so staff settle it', 0, true
                );
        end;
    end if;
end;
$$;
alter function enrollment.settle_entries(bigint) owner to enrollment;
comment on function enrollment.settle_entries(bigint) is
$$What follows from an accepted offer that is paid: the enrollment it replaces is given up.

Not before, so that nobody who fails to pay has lost both. What the term costs less by it is kept as
a credit; where that has no price, the change is one of 0 and says so. For
enrollment.confirm_registration(), which has locked the queues of what is given up.$$;
