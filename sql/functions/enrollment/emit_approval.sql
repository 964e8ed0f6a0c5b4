create or replace function enrollment.emit_approval(p_kind text, p_approval_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform ops.emit(
        p_kind,
        a.id,
        a.family_id,
        jsonb_build_object(
            'student_id', a.student_id,
            'class_id', a.class_id,
            'kind', a.kind,
            'section_id', a.section_id,
            'tier_id', a.tier_id,
            'dates', a.dates,
            'weekdays', a.weekdays
        )
    )
    from enrollment.approvals as a
    where a.studio_id = auth.studio_id() and a.id = p_approval_id;
end;
$$;
alter function enrollment.emit_approval(text, bigint) owner to enrollment;
comment on function enrollment.emit_approval(text, bigint) is
$$Announce what became of a request for an approval, with the seat that is wanted.

p_kind: approval.requested, approval.approved, approval.declined, approval.withdrawn. section_id is
null where the family picks one itself.$$;
