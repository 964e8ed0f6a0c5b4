create or replace function enrollment.offer_places(p_section_id bigint, p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The queue is of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_limited constant boolean := (
        select s.capacity is not null
        from catalog.sections as s
        where s.studio_id = v_studio_id and s.id = p_section_id
    );
    v_waiting record;
    v_code text;
    v_offered integer := 0;
    v_locked integer;
    v_is_locked boolean := false;
begin
    for v_waiting in
        select g.*
        from enrollment.waiting_groups(p_section_id) as g
        where not g.is_for_staff
        order by g.joined_at, g.first_id
    loop
        continue when
            v_waiting.held_on is not null
            and enrollment.place_goes_to(
                p_section_id, v_waiting.held_on, 'any', p_as_of
            ) <> 'automatic';
        -- Those who want in together and don't fit keep their turn for when they do.
        continue when v_is_limited and not exists (
            select
            from enrollment.places as p
            where
                p.studio_id = v_studio_id
                and p.section_id = p_section_id
                and case
                    when v_waiting.held_on is null
                        then not p.taken && (
                            catalog.section_span(
                                p_section_id, v_waiting.weekdays, studio.local_date(p_as_of)
                            )
                        ).dates
                    else not p.taken @> v_waiting.held_on
                end
            offset v_waiting.students - 1
        );
        -- One who is just leaving or being helped is not waited for.
        perform
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.cart_id = v_waiting.cart_id and w.status = 'waiting'
        order by w.id
        for no key update skip locked;
        get diagnostics v_locked = row_count;
        continue when v_locked < v_waiting.students;
        if v_is_limited and not v_is_locked then
            perform enrollment.lock_places(
                array[p_section_id],
                (catalog.section_span(p_section_id, null, studio.local_date(p_as_of))).dates
            );
            v_is_locked := true;
        end if;
        begin
            v_code := enrollment.offer_seats(v_waiting.cart_id, p_as_of);
            if v_code is not null then
                raise no_data_found;
            end if;
            v_offered := v_offered + v_waiting.students;
        exception
            when no_data_found then null;
            when deadlock_detected or lock_not_available then
                -- It keeps its turn; the job comes back to it.
                continue;
            when others then
                -- Whatever it is, it must not undo the act that freed the place.
                v_code := 'internal_error';
        end;
        continue when v_code is null or v_code = 'seat_unavailable';
        update enrollment.waitlist_entries as w
        set needs_staff = v_code
        where w.studio_id = v_studio_id and w.cart_id = v_waiting.cart_id and w.status = 'waiting';
        perform ops.emit(
            'waitlist.flagged',
            w.id,
            w.family_id,
            jsonb_build_object('section_id', w.section_id, 'code', v_code)
        )
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.cart_id = v_waiting.cart_id and w.status = 'waiting';
    end loop;
    return v_offered;
end;
$$;
alter function enrollment.offer_places(bigint, timestamptz) owner to enrollment;
comment on function enrollment.offer_places(bigint, timestamptz) is
$$Offer the free places of a section to those who wait for it, in their order; answers how many.

A student for whom an offer can't be made is flagged for staff (needs_staff: the code) and passed
over. Never fails the act that freed the place. The queue is locked.$$;
