create or replace function enrollment.attach_seats(p_registration_id bigint)
returns bigint[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_enrollment_ids bigint [];
begin
    -- Mostly there is none.
    if not exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.registration_id = p_registration_id
            and exists (
                select
                from enrollment.seats as s
                where
                    s.studio_id = v_studio_id
                    and s.family_id = v_family_id
                    and s.enrollment_id is null
                    -- Among the family's, not in an index of all who are in the section.
                    and (s.student_id, s.section_id)
                    is not distinct from (e.student_id, e.section_id)
                -- Asked for each of the few enrollments, not joined.
                offset 0
            )
    ) then
        return array[]::bigint [];
    end if;
    perform enrollment.split_reservations(p_registration_id);
    -- One for each, or for each date: who had both gets what the cart or the offer holds, and what
    -- staff reserve beside it stays reserved.
    with had as (
        select distinct on (e.id, n.held_on) s.id as seat_id, e.id, e.dates
        from enrollment.enrollments as e
        inner join enrollment.seats as s
            on (s.student_id, s.section_id) is not distinct from (e.student_id, e.section_id)
        cross join lateral (
            select case when e.dates is not null then lower(s.dates) end as held_on
        ) as n
        where
            e.studio_id = v_studio_id
            and e.family_id = v_family_id
            and e.registration_id = p_registration_id
            and s.studio_id = v_studio_id
            and s.family_id = v_family_id
            and s.enrollment_id is null
            -- What is kept on one date serves only whoever wants that date.
            and (
                e.dates is null
                or upper(s.dates) - lower(s.dates) = 1 and lower(s.dates) = any(e.dates)
            )
            and (
                e.dates is not null
                or s.dates @> (
                    catalog.section_span(
                        e.section_id, e.weekdays, studio.local_date(now())
                    )
                ).dates
            )
            -- An offer that has been accepted has let go of its seat.
            and not exists (
                select
                from enrollment.waitlist_entries as w
                where w.studio_id = v_studio_id and w.seat_id = s.id
            )
        order by e.id, n.held_on, s.reason is not null, s.id
    ),

    attached as (
        update enrollment.seats as s
        set
            status = 'held',
            enrollment_id = h.id,
            cart_item_id = null,
            waitlist_entry_id = null,
            reason = null
        from had as h
        where s.studio_id = v_studio_id and s.id = h.seat_id
        returning h.id, h.dates
    )

    select array_agg(a.id) filter (where a.dates is null) into v_enrollment_ids
    from attached as a;
    return coalesce(v_enrollment_ids, array[]::bigint []);
end;
$$;
alter function enrollment.attach_seats(bigint) owner to enrollment;
comment on function enrollment.attach_seats(bigint) is
$$Make the seats that a registration's students have already those of its enrollments.

Those of the items of its cart, of the offers it accepts, and what staff reserved for the student;
of these one for each. Answers the enrollments that need no more seats; claim_dates() looks at
each date by itself.$$;
