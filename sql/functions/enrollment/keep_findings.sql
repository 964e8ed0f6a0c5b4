create or replace function enrollment.keep_findings(
    p_registration_id bigint, p_cart_id bigint, p_as_of timestamptz
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_findings constant jsonb := enrollment.rule_findings(
        v_family_id,
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'student_id', i.student_id,
                        'section_id', i.section_id,
                        'dates', i.dates
                    )
                )
            from enrollment.cart_items as i
            where
                i.studio_id = v_studio_id
                and i.family_id = v_family_id
                and i.cart_id = p_cart_id
        ),
        p_as_of,
        p_with_waived => true
    );
    v_count integer;
begin
    insert into enrollment.findings (
        studio_id, family_id, registration_id, student_id, section_id, requirement_id,
        enforcement, code, waiver_id, accepted_by, override_use_id
    )
    select
        v_studio_id,
        v_family_id,
        p_registration_id,
        f.student_id,
        f.section_id,
        f.requirement_id,
        f.enforcement,
        f.code,
        f.waiver_id,
        auth.account_id(),
        o.id
    from jsonb_to_recordset(v_findings) as f (
        student_id bigint,
        section_id bigint,
        requirement_id bigint,
        enforcement text,
        code text,
        waiver_id bigint
    )
    left join enrollment.override_uses as o
        on
            o.studio_id = v_studio_id
            and o.family_id = v_family_id
            and o.registration_id = p_registration_id
            and f.student_id = o.student_id
            and f.section_id = o.section_id
            and f.requirement_id = o.requirement_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, jsonb_array_length(v_findings), 'findings');
    return v_count;
end;
$$;
alter function enrollment.keep_findings(bigint, bigint, timestamptz) owner to enrollment;
comment on function enrollment.keep_findings(bigint, bigint, timestamptz) is
$$Keep what was acknowledged, waived or overridden of a cart being checked out; answers how many.$$;
