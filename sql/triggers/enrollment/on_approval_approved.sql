create or replace function enrollment.on_approval_approved()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- It is for the family that asked, whoever decides.
set "callboard.family_id" = ''
as $$
declare
    v_section_id constant bigint := (new.payload ->> 'section_id')::bigint;
    v_student_id constant bigint := (new.payload ->> 'student_id')::bigint;
    v_dates constant date [] := (
        select p.dates from jsonb_to_record(new.payload) as p (dates date [])
    );
    v_weekdays constant smallint [] := (
        select p.weekdays from jsonb_to_record(new.payload) as p (weekdays smallint [])
    );
    v_section record;
    v_held_on date;
    v_cart_id bigint;
begin
    select s.term_id, s.price_mode, s.capacity, s.status, s.sold_by_weekday into strict v_section
    from catalog.sections as s
    where s.studio_id = new.studio_id and s.id = v_section_id;
    if v_section.status <> 'open' or v_section.capacity is null then
        -- Without a limit there is nothing to keep.
        return null;
    elsif v_weekdays is not null and not v_section.sold_by_weekday then
        -- They can't be had alone any more; the family picks again.
        return null;
    end if;
    perform enrollment.lock_queues(array[v_section_id]);
    -- Not by date: once.
    foreach v_held_on in array coalesce(v_dates, array_append(v_dates, null))
    loop
        -- Who was only warned may have it already, or staff keep it for them.
        continue when enrollment.has_seat(
            new.family_id, null, v_student_id, v_section_id,
            case when v_held_on is not null then array[v_held_on] end, v_weekdays
        )
        or exists (
            select
            from enrollment.waitlist_entries as w
            where
                w.studio_id = new.studio_id
                and w.student_id = v_student_id
                and w.section_id = v_section_id
                and w.held_on is not distinct from v_held_on
                and w.status in ('waiting', 'offered', 'accepted')
        );
        insert into enrollment.carts (studio_id, family_id, term_id, kind)
        values (new.studio_id, new.family_id, v_section.term_id, 'waitlist')
        returning id into strict v_cart_id;
        insert into enrollment.cart_items (
            studio_id, family_id, cart_id, student_id, section_id, price_mode, tier_id, dates,
            weekdays
        )
        values (
            new.studio_id, new.family_id, v_cart_id, v_student_id, v_section_id,
            v_section.price_mode, (new.payload ->> 'tier_id')::bigint,
            case when v_held_on is not null then array[v_held_on] end, v_weekdays
        );
        insert into enrollment.waitlist_entries (
            studio_id, family_id, cart_id, student_id, section_id, held_on, source, joined_at
        )
        values (
            new.studio_id, new.family_id, v_cart_id, v_student_id, v_section_id, v_held_on,
            -- As in api.join_waitlist().
            'approval', clock_timestamp()
        );
        -- At once where nobody has been waiting for longer; else in its turn.
        perform ops.emit(
            'waitlist.joined',
            w.id,
            w.family_id,
            jsonb_build_object(
                'section_id', w.section_id,
                'student_id', w.student_id,
                'held_on', w.held_on,
                'source', w.source,
                'approval_id', new.subject_id
            )
        )
        from enrollment.waitlist_entries as w
        where w.studio_id = new.studio_id and w.cart_id = v_cart_id;
    end loop;
    if enrollment.place_goes_to(v_section_id, v_held_on, 'any', now()) = 'automatic' then
        perform enrollment.offer_places(v_section_id, now());
    end if;
    return null;
end;
$$;
alter function enrollment.on_approval_approved() owner to enrollment;
comment on function enrollment.on_approval_approved() is
$$Keep a seat for a student whom a teacher approved for a section and who has none, or a turn in its
queue.$$;

create or replace trigger _200_on_approval_approved
after insert on ops.domain_events
for each row when (
    new.kind = 'approval.approved' and new.payload ->> 'section_id' is not null
)
execute function enrollment.on_approval_approved();
