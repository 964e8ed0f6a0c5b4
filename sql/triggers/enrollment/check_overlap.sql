create or replace function enrollment.check_overlap()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_other record;
    v_waived_ids bigint [];
    -- Minutes that it has had already, with whatever clash was let through then.
    v_had tstzmultirange := '{}'::tstzmultirange;
begin
    new.unshared := new.during;
    if new.student_id is null or new.status not in ('held', 'confirmed') then
        return new;
    end if;
    if
        tg_op = 'UPDATE'
        and old.status in ('held', 'confirmed')
        and old.student_id = new.student_id
        and old.section_id = new.section_id
    then
        v_had := old.during;
    end if;
    for v_other in
        select s.section_id, s.during, s.unshared
        from enrollment.seats as s
        where
            s.studio_id = new.studio_id
            and s.family_id = new.family_id
            and s.student_id = new.student_id
            and s.status in ('held', 'confirmed')
            and s.id <> new.id
            and s.during && new.during
        order by s.section_id
    loop
        if new.during * v_other.during <@ v_had then
            new.unshared := new.unshared - v_other.unshared;
            continue;
        end if;
        v_waived_ids := coalesce(
            v_waived_ids,
            array(
                select w.section_id
                from enrollment.waived_clashes(new.student_id, new.section_id, now())
                    as w (section_id)
            )
        );
        if v_other.section_id = any(v_waived_ids) then
            -- Those minutes stay the other seat's alone: a third class still clashes with it.
            new.unshared := new.unshared - v_other.unshared;
            continue;
        end if;
        perform ops.fail(
            'schedule_conflict',
            jsonb_build_object(
                'title', enrollment.section_title(new.section_id),
                'other_title', enrollment.section_title(v_other.section_id),
                'student_id', new.student_id,
                'section_id', new.section_id,
                'other_section_id', v_other.section_id
            )
        );
    end loop;
    return new;
end;
$$;
alter function enrollment.check_overlap() owner to enrollment;
comment on function enrollment.check_overlap() is
$$Refuse a seat at minutes at which its student has another one, and say which class it is.

A clash of two sections that staff waived for the student is let through, and one that was stays so
while the seat lasts. What two transactions do
at once, neither sees here; the exclusion constraint does.$$;

create or replace trigger _300_check_overlap
before insert or update of student_id, during, unshared, status on enrollment.seats
for each row execute function enrollment.check_overlap();
