create or replace function enrollment.has_seat(
    p_family_id bigint, p_student_id bigint, p_section_id bigint, p_held_on date default null
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return exists (
        select
        from enrollment.seats as s
        where
            s.studio_id = auth.studio_id()
            and s.family_id = p_family_id
            -- Among the family's, not in an index of all who are in the section.
            and (s.student_id, s.section_id) is not distinct from (p_student_id, p_section_id)
            and (p_held_on is null or s.dates @> p_held_on)
    );
end;
$$;
alter function enrollment.has_seat(bigint, bigint, bigint, date) owner to enrollment;
comment on function enrollment.has_seat(bigint, bigint, bigint, date) is
$$Whether a student has a seat of a section, on one date or at all: held, offered, reserved or
confirmed.$$;
