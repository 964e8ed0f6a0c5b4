create or replace function api.dry_run_requirements(term_id bigint, rows jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_proposed record;
    v_stopped jsonb;
begin
    perform auth.require('manager');
    if dry_run_requirements.term_id is null then
        perform ops.fail('term_not_found');
    end if;
    select p.* into strict v_proposed
    from catalog.proposed_requirements(
        dry_run_requirements.term_id, dry_run_requirements.rows
    ) as p;
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'enrollment_id', s.enrollment_id,
                    'family_id', s.family_id,
                    'student_id', s.student_id,
                    'section_id', s.section_id,
                    'code', s.code,
                    'enforcement', s.enforcement,
                    -- The row as it was sent; null: a rule of the whole studio.
                    'row', case when s.requirement_id < 0 then -s.requirement_id end,
                    'message', ops.error_response(s.code, s.details) -> 'body' -> 'message',
                    'details', s.details
                )
                order by s.enrollment_id, s.code, s.requirement_id
            ),
            '[]'
        )
    into v_stopped
    from enrollment.stopped_enrollments(
        dry_run_requirements.term_id, v_proposed.requirements, v_proposed.options
    ) as s;
    return (
        select
            jsonb_build_object(
                'stopped', count(distinct f.value -> 'enrollment_id') filter (
                    where f.value ->> 'enforcement' = 'hard_block'
                ),
                'warned', count(distinct f.value -> 'enrollment_id') filter (
                    where f.value ->> 'enforcement' = 'soft_warn'
                ),
                'findings', v_stopped
            )
        from jsonb_array_elements(v_stopped) as f
    );
end;
$$;
alter function api.dry_run_requirements(bigint, jsonb) owner to enrollment;
grant execute on function api.dry_run_requirements(bigint, jsonb) to manager;
comment on function api.dry_run_requirements(bigint, jsonb) is
$$Which of a term's live enrollments other requirements would have stopped; nothing is saved.

For managers. rows: all of the term's, as for save_requirements; those of the whole studio go on
beside them. Each enrollment is judged as of its checkout, but by what is known of the student
today; what is waived or was acknowledged stops nobody. Answers {stopped, warned (numbers of
enrollments), findings: [{enrollment_id, family_id, student_id, section_id, code, enforcement, row,
message, details}]}. Errors: those of save_requirements, but for version_stale.$$;
