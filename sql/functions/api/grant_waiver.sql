create or replace function api.grant_waiver(
    student_id bigint,
    kind text,
    reason text,
    class_id bigint default null,
    section_id bigint default null,
    other_section_id bigint default null,
    expires_on date default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_family_id bigint;
    v_reason constant text := btrim(regexp_replace(grant_waiver.reason, '\s+', ' ', 'g'));
    v_section_ids constant bigint [] := array_remove(
        array[grant_waiver.section_id, grant_waiver.other_section_id], null
    );
    v_is_clash constant boolean := grant_waiver.kind = 'schedule_conflict';
    v_class_ids bigint [];
    v_title text;
    v_last_day date;
    v_waiver_id bigint;
    v_count bigint;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('waiver_reason_required');
    elsif
        coalesce(
            grant_waiver.kind not in (
                'schedule_conflict', 'prerequisite', 'corequisite', 'teacher_approval',
                'audition', 'age_or_grade', 'gender', 'parent_present', 'division',
                'balance_owed'
            ),
            true
        )
    then
        perform ops.fail('waiver_kind_unknown');
    elsif
        (
            v_is_clash
            and (
                grant_waiver.class_id is not null
                or cardinality(v_section_ids) < 2
                or grant_waiver.section_id = grant_waiver.other_section_id
            )
        )
        or (
            not v_is_clash
            and (
                grant_waiver.other_section_id is not null
                or num_nonnulls(grant_waiver.class_id, grant_waiver.section_id) <> 1
            )
        )
    then
        perform ops.fail('waiver_scope_invalid');
    end if;
    v_family_id := enrollment.student_family(grant_waiver.student_id);
    if grant_waiver.class_id is not null then
        select array_agg(k.id) into v_class_ids
        from catalog.classes as k
        where k.studio_id = v_studio_id and k.id = grant_waiver.class_id;
        if v_class_ids is null then
            perform ops.fail('class_not_found');
        end if;
    else
        select array_agg(s.class_id) into v_class_ids
        from catalog.sections as s
        where s.studio_id = v_studio_id and s.id = any(v_section_ids);
        if coalesce(cardinality(v_class_ids), 0) < cardinality(v_section_ids) then
            perform ops.fail('section_not_found');
        end if;
    end if;
    select min(k.title) into v_title
    from catalog.classes as k
    cross join lateral enrollment.live_requirements(k.id, grant_waiver.kind, now()) as r
    where k.studio_id = v_studio_id and k.id = any(v_class_ids) and not r.is_waivable;
    if v_title is not null then
        perform ops.fail('waiver_not_allowed', jsonb_build_object('title', v_title));
    end if;
    -- Until the end of the term, if nothing else is said.
    select coalesce(grant_waiver.expires_on, max(t.ends_on)) into v_last_day
    from catalog.classes as k
    inner join catalog.terms as t on k.studio_id = t.studio_id and k.term_id = t.id
    where k.studio_id = v_studio_id and k.id = any(v_class_ids);
    if v_last_day not between studio.local_date(now()) and date '9999-12-30' then
        perform ops.fail('waiver_expired');
    end if;
    perform enrollment.lock_family(v_family_id);
    insert into enrollment.waivers (
        studio_id, family_id, student_id, kind, class_id, reason, granted_by, expires_at
    )
    select
        v_studio_id,
        v_family_id,
        grant_waiver.student_id,
        grant_waiver.kind,
        case when not v_is_clash then v_class_ids[1] end,
        v_reason,
        auth.account_id(),
        (v_last_day + 1)::timestamp at time zone s.timezone
    from studio.studios as s
    where s.id = v_studio_id
    returning id into strict v_waiver_id;
    insert into enrollment.waiver_sections (studio_id, family_id, waiver_id, section_id)
    select v_studio_id, v_family_id, v_waiver_id, i.id from unnest(v_section_ids) as i (id);
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, cardinality(v_section_ids), 'sections of a waiver');
    perform ops.emit(
        'waiver.granted',
        v_waiver_id,
        v_family_id,
        jsonb_build_object(
            'student_id', grant_waiver.student_id,
            'kind', grant_waiver.kind,
            'class_id', case when not v_is_clash then v_class_ids[1] end,
            'section_ids', v_section_ids
        )
    );
    return v_waiver_id;
end;
$$;
alter function api.grant_waiver(bigint, text, text, bigint, bigint, bigint, date)
owner to enrollment;
grant execute on function api.grant_waiver(bigint, text, text, bigint, bigint, bigint, date)
to staff;
comment on function api.grant_waiver(bigint, text, text, bigint, bigint, bigint, date) is
$$Lift a kind of rule for one student, with a reason of at most 500 characters; answers its id.

For staff. For a class (class_id) or one section of it (section_id); schedule_conflict: for the
clash of two sections (section_id, other_section_id). kind: as in save_requirements. expires_on: the
last local day on which it counts; null: the last day of the term. Errors: waiver_reason_required,
waiver_kind_unknown, waiver_scope_invalid, student_not_found, class_not_found, section_not_found,
waiver_not_allowed, waiver_expired.$$;
