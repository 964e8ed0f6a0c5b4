create or replace function api.save_requirements(
    term_id bigint, expected_version integer, rows jsonb
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_documents jsonb;
    v_version integer;
begin
    perform auth.require('manager');
    v_documents := catalog.requirement_rows(save_requirements.term_id, save_requirements.rows);
    -- Nobody else saves them until the end of the transaction.
    insert into catalog.requirement_sets (studio_id, term_id)
    values (auth.studio_id(), save_requirements.term_id)
    on conflict on constraint requirement_sets_term_key do nothing;
    select s.version into strict v_version
    from catalog.requirement_sets as s
    where
        s.studio_id = auth.studio_id()
        and s.term_id is not distinct from save_requirements.term_id
    for no key update;
    if save_requirements.expected_version is distinct from v_version then
        perform ops.fail('version_stale', jsonb_build_object('version', v_version));
    end if;
    if
        catalog.replace_requirements(save_requirements.term_id, v_documents, v_version + 1)
    then
        update catalog.requirement_sets as s
        set version = s.version + 1
        where
            s.studio_id = auth.studio_id()
            and s.term_id is not distinct from save_requirements.term_id
        returning s.version into strict v_version;
    end if;
    select
        coalesce(
            jsonb_agg(
                d.document order by d.document ->> 'class' nulls first, d.document ->> 'code'
            ),
            '[]'
        )
    into v_documents
    from catalog.requirement_documents(save_requirements.term_id) as d;
    return jsonb_build_object('version', v_version, 'rows', v_documents);
end;
$$;
alter function api.save_requirements(bigint, integer, jsonb) owner to catalog;
grant execute on function api.save_requirements(bigint, integer, jsonb) to manager;
comment on function api.save_requirements(bigint, integer, jsonb) is
$$Save what a term's classes ask of students, or all classes of the studio (term_id null).

For managers. rows: array of {code, class, kind, enforcement, is_waivable, valid_from, valid_until,
lowest_age_months, highest_age_months, lowest_age_years, highest_age_years, cutoff_month,
cutoff_day, cutoff_year, lowest_grade, highest_grade, gender, division, counts_itself, options}.
class: a title of the term, null: all of them. kind: schedule_conflict, prerequisite, corequisite,
teacher_approval, audition, age_or_grade, gender, parent_present, division, balance_owed.
enforcement: hard_block, soft_warn, off; of a kind the rows of the class count, else those of the
term, else those of the studio. valid_from, valid_until: local days, the last one exclusive. Ages:
whole months win over years, inclusive, on the cut-off day of the year in which the term begins
(cutoff_year -1: the year before, 1: after), else on the day of registration; who fits ages or
grades (-3 nursery, 0 kindergarten, 1 to 12) is eligible. options of a prerequisite (confirmed in
an earlier term) or corequisite (confirmed or in the cart): {alternative, class, discipline, level,
division, count}; those of one alternative are wanted together, any alternative will do; level: or
above; none of them: any class. counts_itself: the class counts for its own co-requisite. What is
left out ends, what differs is superseded. Answers {version, rows} as they are now. Errors:
term_not_found, version_stale, requirement_kind_unknown, rule_invalid (details: row from 1,
column), requirements_contradict (row, other_row).$$;
