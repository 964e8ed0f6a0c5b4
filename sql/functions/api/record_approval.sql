create or replace function api.record_approval(
    student_id bigint, class_id bigint, kind text, reason text default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := nullif(btrim(regexp_replace(record_approval.reason, '\s+', ' ', 'g')), '');
    v_family_id bigint;
    v_live record;
    v_approval_id bigint;
begin
    perform auth.require('staff');
    if length(v_reason) > 500 then
        perform ops.fail('decision_invalid');
    elsif coalesce(record_approval.kind not in ('teacher_approval', 'audition'), true) then
        perform ops.fail('approval_kind_unknown');
    end if;
    v_family_id := enrollment.student_family(record_approval.student_id);
    if not exists (
        select
        from catalog.classes as k
        where k.studio_id = auth.studio_id() and k.id = record_approval.class_id
    ) then
        perform ops.fail('class_not_found');
    end if;
    perform enrollment.lock_family(v_family_id);
    select a.id, a.status into v_live
    from enrollment.approvals as a
    where
        a.studio_id = auth.studio_id()
        and a.family_id = v_family_id
        and a.student_id = record_approval.student_id
        and a.class_id = record_approval.class_id
        and a.kind = record_approval.kind
        and a.status in ('requested', 'approved')
    for no key update;
    if v_live.status = 'approved' then
        perform ops.fail('approval_exists');
    elsif v_live.status = 'requested' then
        -- It is what the family waits for, with the seat it wants.
        perform enrollment.settle_approval(v_live.id, 'approved', v_reason);
        return v_live.id;
    end if;
    insert into enrollment.approvals (
        studio_id, family_id, student_id, class_id, kind, status, decided_by, decided_at, reason
    )
    values (
        auth.studio_id(),
        v_family_id,
        record_approval.student_id,
        record_approval.class_id,
        record_approval.kind,
        'approved',
        auth.account_id(),
        now(),
        v_reason
    )
    returning id into strict v_approval_id;
    perform enrollment.emit_approval('approval.approved', v_approval_id);
    return v_approval_id;
end;
$$;
alter function api.record_approval(bigint, bigint, text, text) owner to enrollment;
grant execute on function api.record_approval(bigint, bigint, text, text) to staff;
comment on function api.record_approval(bigint, bigint, text, text) is
$$Put a student on the approved list of a class, or record a passed audition; answers its id.

For staff, without a request; one that waits is approved by it. kind: teacher_approval, audition.
reason: at most 500 characters. Errors: decision_invalid, approval_kind_unknown, student_not_found,
class_not_found, approval_exists.$$;
