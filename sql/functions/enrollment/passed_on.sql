create or replace function enrollment.passed_on(p_freed enrollment.seats[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever got an offer by it.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_section_ids constant bigint [] := array(
        select distinct f.section_id
        from unnest(p_freed) as f
        where f.place_number is not null
        order by f.section_id
    );
begin
    return jsonb_build_object(
        'places_freed', (
            select count(distinct (f.section_id, f.place_number))
            from unnest(p_freed) as f
            where f.place_number is not null
        ),
        'places_kept', (
            select count(*)
            from enrollment.seats as s
            where
                s.studio_id = v_studio_id
                and s.section_id = any(v_section_ids)
                and s.status = 'reserved'
                and s.student_id is null
                and s.reason like 'freed:%'
                and s.created_at = now()
        ),
        'offers', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'waitlist_entry_id', w.id,
                            'family_id', w.family_id,
                            'student_id', w.student_id,
                            'section_id', w.section_id,
                            'held_on', w.held_on,
                            'offer_expires_at', w.offer_expires_at
                        )
                        order by w.id
                    ),
                    '[]'
                )
            from enrollment.waitlist_entries as w
            where
                w.studio_id = v_studio_id
                and w.section_id = any(v_section_ids)
                and w.status = 'offered'
                and w.offered_at = now()
        )
    );
end;
$$;
alter function enrollment.passed_on(enrollment.seats[]) owner to enrollment;
comment on function enrollment.passed_on(enrollment.seats[]) is
$$What became, in this transaction, of places that came free by it, as staff are told.

places_freed; places_kept: of them for staff to give; offers: made to those who wait. What is left
is anybody's.$$;
