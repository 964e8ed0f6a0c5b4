create or replace function enrollment.refuse_overlap()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_conflict record;
begin
    -- Nearly always there is nothing, and then one look at the seats alone is enough.
    if not exists (
        select
        from enrollment.seats as s
        where
            s.studio_id = new.studio_id
            and s.family_id = new.family_id
            and s.student_id = new.student_id
            and s.status in ('held', 'confirmed')
            and s.enrollment_id <> new.enrollment_id
            and s.during && new.during
    ) then
        return new;
    end if;
    select c.section_id, c.title into v_conflict
    from enrollment.conflicts(
        new.family_id, new.student_id, new.during, new.enrollment_id
    ) as c
    limit 1;
    if found then
        perform ops.fail(
            'schedule_conflict',
            jsonb_build_object(
                'student_id', new.student_id,
                'section_id', new.section_id,
                'title', (
                    select k.title
                    from catalog.sections as s
                    inner join catalog.classes as k
                        on s.studio_id = k.studio_id and s.class_id = k.id
                    where s.studio_id = new.studio_id and s.id = new.section_id
                ),
                'other_section_id', v_conflict.section_id,
                'other_title', v_conflict.title
            )
        );
    end if;
    return new;
end;
$$;
alter function enrollment.refuse_overlap() owner to enrollment;
comment on function enrollment.refuse_overlap() is
$$Say which class clashes with which, before the exclusion constraint only says that one does.$$;

create or replace trigger _100_refuse_overlap
before insert or update of during, student_id, status on enrollment.seats
for each row when (new.status in ('held', 'confirmed'))
execute function enrollment.refuse_overlap();
