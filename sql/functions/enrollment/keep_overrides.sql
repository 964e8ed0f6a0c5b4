create or replace function enrollment.keep_overrides(p_registration_id bigint, p_lifted jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_use record;
begin
    for v_use in
        insert into enrollment.override_uses as o (
            studio_id, family_id, registration_id, student_id, section_id, code, requirement_id,
            reason, overridden_by
        )
        select
            v_studio_id, v_family_id, p_registration_id, f.student_id, f.section_id, f.code,
            f.requirement_id, f.reason, auth.account_id()
        from jsonb_to_recordset(p_lifted) as f (
            student_id bigint,
            section_id bigint,
            code text,
            requirement_id bigint,
            reason text
        )
        returning o.id, o.student_id, o.section_id, o.code, o.requirement_id
    loop
        perform ops.emit(
            'finding.overridden',
            v_use.id,
            v_family_id,
            jsonb_build_object(
                'registration_id', p_registration_id,
                'student_id', v_use.student_id,
                'section_id', v_use.section_id,
                'code', v_use.code,
                'requirement_id', v_use.requirement_id
            )
        );
    end loop;
end;
$$;
alter function enrollment.keep_overrides(bigint, jsonb) owner to enrollment;
comment on function enrollment.keep_overrides(bigint, jsonb) is
$$Keep what staff overrode at a checkout: each finding, who, when and why.

p_lifted: as enrollment.override_findings() answers it.$$;
