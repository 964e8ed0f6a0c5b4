create or replace function enrollment.offer_seats(
    p_cart_id bigint,
    p_as_of timestamptz,
    p_hours integer default null,
    p_first integer[] default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever frees a place offers it to another family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_entry record;
    v_place record;
    v_dates datemultirange;
    v_during tstzmultirange;
    v_finding text;
    v_seat_id bigint;
begin
    for v_entry in
        select w.*, i.tier_id, i.weekdays, s.term_id
        from enrollment.waitlist_entries as w
        inner join catalog.sections as s on w.studio_id = s.studio_id and w.section_id = s.id
        inner join enrollment.cart_items as i
            on
                w.studio_id = i.studio_id
                and w.family_id = i.family_id
                and w.cart_id = i.cart_id
                and w.student_id = i.student_id
                and w.section_id = i.section_id
        where w.studio_id = v_studio_id and w.cart_id = p_cart_id and w.status = 'waiting'
        order by w.id
    loop
        select n.dates, n.during into v_dates, v_during
        from enrollment.seat_span(
            v_entry.section_id,
            v_entry.tier_id,
            v_entry.weekdays,
            case when v_entry.held_on is not null then array[v_entry.held_on] end,
            studio.local_date(p_as_of)
        ) as n;
        if v_dates is null then
            return 'section_not_open';
        end if;
        select c.section_id::text into v_finding
        from enrollment.conflicts(
            v_entry.family_id, v_entry.student_id, v_during, v_entry.replaces_enrollment_id, p_as_of
        ) as c
        where
            c.section_id not in (
                select x.section_id
                from enrollment.waived_clashes(
                    v_entry.student_id, v_entry.section_id, p_as_of
                ) as x (section_id)
            )
        limit 1;
        if found then
            return 'schedule_conflict';
        end if;
        select f.value ->> 'code' into v_finding
        from jsonb_array_elements(
            enrollment.rule_findings(
                v_entry.family_id,
                jsonb_build_array(
                    jsonb_build_object(
                        'student_id', v_entry.student_id,
                        'section_id', v_entry.section_id,
                        'dates', case
                            when v_entry.held_on is not null then array[v_entry.held_on]
                        end
                    )
                ),
                p_as_of,
                case
                    when v_entry.replaces_enrollment_id is null then '{}'::bigint []
                    else array[v_entry.replaces_enrollment_id]
                end
            )
        ) as f
        where f.value ->> 'enforcement' = 'hard_block'
        -- What the family says when it accepts is not asked now.
        and f.value ->> 'code' <> 'parent_present_required'
        limit 1;
        if found then
            return v_finding;
        end if;
        v_place := enrollment.take_place(v_entry.section_id, v_dates, p_first);
        if not v_place.is_taken then
            return 'seat_unavailable';
        end if;
        insert into enrollment.seats (
            studio_id, family_id, waitlist_entry_id, student_id, section_id, place_number, dates,
            during, status
        )
        values (
            v_studio_id, v_entry.family_id, v_entry.id, v_entry.student_id, v_entry.section_id,
            v_place.place_number, v_dates, v_during, 'offered'
        )
        returning id into strict v_seat_id;
        update enrollment.waitlist_entries as w
        set
            status = 'offered',
            seat_id = v_seat_id,
            needs_staff = null,
            offers = w.offers + 1,
            offered_at = p_as_of,
            reminded_at = null,
            offer_expires_at = p_as_of + make_interval(
                hours => coalesce(p_hours, (studio.settings_of(v_entry.term_id)).offer_hours)
            )
        where w.studio_id = v_studio_id and w.id = v_entry.id;
        perform ops.emit(
            'waitlist.offered',
            v_entry.id,
            v_entry.family_id,
            jsonb_build_object(
                'section_id', v_entry.section_id,
                'student_id', v_entry.student_id,
                'held_on', v_entry.held_on,
                'seat_id', v_seat_id,
                'number', v_entry.offers + 1,
                'until', p_as_of + make_interval(
                    hours => coalesce(p_hours, (studio.settings_of(v_entry.term_id)).offer_hours)
                )
            )
        );
    end loop;
    return null;
end;
$$;
alter function enrollment.offer_seats(bigint, timestamptz, integer, integer[]) owner to enrollment;
comment on function enrollment.offer_seats(bigint, timestamptz, integer, integer[]) is
$$Offer a seat to each student who waits in a cart; null, or the code of why it can't be.

After a code the caller undoes what was done for the others: all of them or none. p_hours: for how
long; null: as the setting offer_hours says. p_first: places that are tried before any other. The
queue is locked.$$;
