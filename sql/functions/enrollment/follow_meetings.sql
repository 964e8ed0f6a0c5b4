create or replace function enrollment.follow_meetings(
    p_section_id bigint, p_dates_before datemultirange, p_moved_from date[], p_moved_to date[]
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_before constant enrollment.seats [] := enrollment.seats_of(p_section_id);
    v_due enrollment.seats [] := array(
        select d::enrollment.seats
        from enrollment.due_seats(p_section_id, p_dates_before, p_moved_from, p_moved_to) as d
    );
    v_clashes jsonb;
    v_twice bigint [];
begin
    perform enrollment.follow_dates(p_section_id, p_moved_from, p_moved_to);
    v_clashes := enrollment.meeting_clashes(p_section_id, v_before, v_due);
    if v_clashes is not null then
        perform ops.fail(
            'meeting_clashes',
            jsonb_build_object(
                'title', enrollment.section_title(p_section_id),
                'section_id', p_section_id,
                'students', (
                    select
                        string_agg(
                            format('%s (%s)', c.student, c.title), ', ' order by c.student, c.title
                        )
                    from jsonb_to_recordset(v_clashes) as c (student text, title text)
                ),
                'clashes', v_clashes
            )
        );
    end if;
    -- A seat of which nothing takes place ends, and an offer with all that want in together. Their
    -- days are over for everybody, so there is nothing to pass on.
    perform enrollment.end_offers(
        c.cart_id, 'expired', 'meeting_cancelled', 'waitlist.expired', null
    )
    from (
        select w.cart_id
        from unnest(v_due) as d
        inner join enrollment.waitlist_entries as w
            on w.studio_id = v_studio_id and d.waitlist_entry_id = w.id
        where d.dates is null
        union
        -- Nobody waits for a date on which nothing takes place any more.
        select w.cart_id
        from enrollment.waitlist_entries as w
        where
            w.studio_id = v_studio_id
            and w.section_id = p_section_id
            and w.status = 'waiting'
            and p_dates_before @> w.held_on
            and not exists (
                select
                from catalog.meetings as m
                where
                    m.studio_id = v_studio_id
                    and m.section_id = p_section_id
                    and m.held_on = w.held_on
                    and m.status = 'scheduled'
            )
        order by cart_id
    ) as c;
    perform enrollment.free_seats(
        array(
            select d.id
            from unnest(v_due) as d
            where d.dates is null and d.waitlist_entry_id is null
        ),
        null
    );
    v_due := array(
        select d::enrollment.seats
        from unnest(v_due) as d
        where
            d.dates is not null
            and (
                d.id is null
                or exists (
                    select
                    from enrollment.seats as s
                    where s.studio_id = v_studio_id and s.id = d.id
                )
            )
    );
    v_due := enrollment.follow_places(p_section_id, v_before, v_due);
    -- A student with several seats may need the minutes of one for another, so one after the other.
    v_twice := array(
        select d.student_id
        from unnest(v_due) as d
        where d.student_id is not null
        group by d.student_id
        having count(*) > 1
    );
    loop
        update enrollment.seats as s
        set during = d.during
        from unnest(v_due) as d
        where
            s.studio_id = v_studio_id
            and s.id = d.id
            and s.during <> d.during
            and (
                d.student_id <> all(v_twice)
                or not exists (
                    select
                    from unnest(v_due) as o
                    inner join enrollment.seats as t on t.studio_id = v_studio_id and o.id = t.id
                    where
                        o.student_id = d.student_id
                        and o.id <> d.id
                        and t.during <> o.during
                        and t.during && d.during
                )
            );
        exit when not found;
    end loop;
    if exists (
        select
        from unnest(v_due) as d
        inner join enrollment.seats as s on s.studio_id = v_studio_id and d.id = s.id
        where s.during <> d.during
    ) then
        -- Each of them waits for the other's minutes.
        perform ops.fail(
            'section_has_seats', jsonb_build_object('section_id', p_section_id)
        );
    end if;
    insert into enrollment.seats (
        studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates, during,
        status, created_at
    )
    select
        d.studio_id, d.family_id, d.enrollment_id, d.student_id, d.section_id, d.place_number,
        d.dates, d.during, d.status, d.created_at
    from unnest(v_due) as d
    where d.id is null;
    -- What only ended dates had taken may be free throughout now.
    if
        enrollment.is_waited_for(p_section_id)
        and enrollment.place_goes_to(p_section_id, null, 'capacity', now()) = 'automatic'
    then
        perform enrollment.offer_places(p_section_id, now());
    end if;
end;
$$;
alter function enrollment.follow_meetings(bigint, datemultirange, date[], date[])
owner to enrollment;
comment on function enrollment.follow_meetings(bigint, datemultirange, date[], date[]) is
$$Let the seats of a section follow its meetings, which have changed: days, minutes, places.

All of them or none. p_dates_before: its days before; p_moved_from, p_moved_to: dates whose meetings
went to others. Claims are kept out by the caller. Raises meeting_clashes, meeting_has_no_room, and
section_has_seats where nobody can say how they follow.$$;
