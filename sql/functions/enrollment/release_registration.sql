create or replace function enrollment.release_registration(
    p_registration_id bigint, p_status text, p_reason text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever finds a lapsed hold releases it, whichever family it was of.
set "callboard.family_id" = ''
as $$
declare
    v_registration constant enrollment.registrations
    := enrollment.lock_registration(p_registration_id);
    v_count bigint;
    v_enrollments bigint;
begin
    if v_registration.status is distinct from 'pending_payment' then
        return;
    end if;
    -- By family and enrollment: to a planner that knows of no seats yet, any index will do that has
    -- fewer columns to compare, and would read all seats of a section.
    with freed as (
        delete from enrollment.seats as s
        using enrollment.enrollments as e
        where
            e.studio_id = v_registration.studio_id
            and e.family_id = v_registration.family_id
            and e.registration_id = p_registration_id
            and s.studio_id = e.studio_id
            and s.family_id = e.family_id
            and s.enrollment_id = e.id
        returning s.studio_id, s.section_id, s.place_number, s.dates
    ),

    -- Two children may have had one place, each on dates of its own.
    emptied as (
        select f.studio_id, f.section_id, f.place_number, range_agg(f.dates) as dates
        from freed as f
        group by f.studio_id, f.section_id, f.place_number
    ),

    ordered as (
        select p.studio_id, p.section_id, p.place_number, f.dates
        from enrollment.places as p
        inner join emptied as f
            on
                p.studio_id = f.studio_id
                and p.section_id = f.section_id
                and p.place_number = f.place_number
        order by p.section_id, p.place_number
        for no key update of p
    )

    update enrollment.places as p
    set taken = p.taken - o.dates
    from ordered as o
    where
        p.studio_id = o.studio_id
        and p.section_id = o.section_id
        and p.place_number = o.place_number;
    update enrollment.enrollments as e
    set status = p_status
    where
        e.studio_id = v_registration.studio_id
        and e.family_id = v_registration.family_id
        and e.registration_id = p_registration_id
        and e.status = 'pending';
    get diagnostics v_enrollments = row_count;
    update enrollment.registrations as r
    set status = p_status, status_reason = p_reason
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'registration');
    perform ops.emit(
        'registration.released',
        p_registration_id,
        v_registration.family_id,
        jsonb_build_object('status', p_status, 'reason', p_reason, 'enrollments', v_enrollments)
    );
end;
$$;
alter function enrollment.release_registration(bigint, text, text) owner to enrollment;
comment on function enrollment.release_registration(bigint, text, text) is
$$End a pending registration with all its enrollments and give back its seats.

The one way a hold ends. status: failed or cancelled; reason: a code. What other domains had given
for it (family award, credits) they take back on the event. A registration that is not pending is left
alone.$$;
