create or replace function api.place_student(student_id bigint, division text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_division_id bigint;
    v_count bigint;
begin
    perform auth.require('staff');
    v_family_id := enrollment.student_family(place_student.student_id);
    if place_student.division is null then
        delete from enrollment.placements as p
        where
            p.studio_id = auth.studio_id()
            and p.family_id = v_family_id
            and p.student_id = place_student.student_id;
        return;
    end if;
    select d.id into v_division_id
    from catalog.divisions as d
    where d.studio_id = auth.studio_id() and d.code = place_student.division;
    if not found then
        perform ops.fail('division_unknown');
    end if;
    insert into enrollment.placements (
        studio_id, family_id, student_id, division_id, placed_by
    )
    values (
        auth.studio_id(), v_family_id, place_student.student_id, v_division_id, auth.account_id()
    )
    on conflict on constraint placements_student_key do update
    set
        division_id = excluded.division_id,
        placed_by = excluded.placed_by,
        placed_at = excluded.placed_at;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'placement');
end;
$$;
alter function api.place_student(bigint, text) owner to enrollment;
grant execute on function api.place_student(bigint, text) to staff;
comment on function api.place_student(bigint, text) is
$$Place a student in a division, whatever the grade says; null: the grade says it again.

For staff. division: a code. Rules of division look at it. Errors: student_not_found,
division_unknown.$$;
