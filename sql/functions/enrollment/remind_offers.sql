create or replace function enrollment.remind_offers(p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The offers of all families.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_entry record;
    v_reminded integer := 0;
begin
    for v_entry in
        select w.*
        from enrollment.waitlist_entries as w
        inner join catalog.sections as s on w.studio_id = s.studio_id and w.section_id = s.id
        where
            w.studio_id = v_studio_id
            and w.status = 'offered'
            and w.reminded_at is null
            and w.offer_expires_at > p_as_of
            -- 0 hours: never.
            and w.offer_expires_at
            <= p_as_of
            + make_interval(hours => (studio.settings_of(s.term_id)).offer_reminder_hours)
        order by w.id
        for no key update of w skip locked
    loop
        update enrollment.waitlist_entries as w
        set reminded_at = p_as_of
        where w.studio_id = v_studio_id and w.id = v_entry.id;
        perform ops.emit(
            'waitlist.reminded',
            v_entry.id,
            v_entry.family_id,
            jsonb_build_object(
                'section_id', v_entry.section_id,
                'student_id', v_entry.student_id,
                'held_on', v_entry.held_on,
                'number', v_entry.offers,
                'until', v_entry.offer_expires_at
            )
        );
        v_reminded := v_reminded + 1;
    end loop;
    return v_reminded;
end;
$$;
alter function enrollment.remind_offers(timestamptz) owner to enrollment;
comment on function enrollment.remind_offers(timestamptz) is
$$Call offers to mind that end within the setting offer_reminder_hours, each once.

Answers how many.$$;
