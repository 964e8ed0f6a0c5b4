create or replace function api.request_approval(
    student_id bigint,
    class_id bigint,
    kind text default 'teacher_approval',
    section_id bigint default null,
    tier text default null,
    dates date[] default null,
    weekdays smallint[] default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_class record;
    v_pick record;
    v_tier_id bigint;
    v_dates date [];
    v_weekdays smallint [];
    v_approval_id bigint;
begin
    perform auth.require('customer', 'staff');
    perform auth.require_family();
    v_family_id := enrollment.student_family(request_approval.student_id);
    if coalesce(request_approval.kind not in ('teacher_approval', 'audition'), true) then
        perform ops.fail('approval_kind_unknown');
    end if;
    select k.term_id, k.title into v_class
    from catalog.classes as k
    inner join catalog.terms as t on k.studio_id = t.studio_id and k.term_id = t.id
    where
        k.studio_id = auth.studio_id()
        and k.id = request_approval.class_id
        and t.status = 'published'
        and (k.visibility = 'public' or pg_has_role(auth.acting_role(), 'staff', 'member'));
    if not found then
        perform ops.fail('class_not_found');
    end if;
    if not exists (
        select
        from enrollment.live_requirements(
            request_approval.class_id, request_approval.kind, now()
        ) as r
        where r.enforcement <> 'off'
    ) then
        perform ops.fail('approval_not_asked', jsonb_build_object('title', v_class.title));
    end if;
    if request_approval.section_id is not null then
        if not exists (
            select
            from catalog.sections as s
            where
                s.studio_id = auth.studio_id()
                and s.class_id = request_approval.class_id
                and s.id = request_approval.section_id
        ) then
            perform ops.fail('section_not_found');
        end if;
        select p.* into strict v_pick
        from enrollment.checked_pick(
            v_class.term_id,
            request_approval.section_id,
            request_approval.tier,
            request_approval.dates,
            now(),
            request_approval.weekdays
        ) as p;
        v_tier_id := v_pick.tier_id;
        v_dates := v_pick.dates;
        v_weekdays := v_pick.weekdays;
    elsif
        num_nonnulls(
            request_approval.tier, request_approval.dates, request_approval.weekdays
        ) > 0
    then
        perform ops.fail('section_not_found');
    end if;
    perform enrollment.lock_family(v_family_id);
    if exists (
        select
        from enrollment.approvals as a
        where
            a.studio_id = auth.studio_id()
            and a.family_id = v_family_id
            and a.student_id = request_approval.student_id
            and a.class_id = request_approval.class_id
            and a.kind = request_approval.kind
            and a.status in ('requested', 'approved')
    ) then
        perform ops.fail('approval_exists');
    end if;
    insert into enrollment.approvals (
        studio_id, family_id, student_id, class_id, kind, section_id, tier_id, dates, weekdays
    )
    values (
        auth.studio_id(),
        v_family_id,
        request_approval.student_id,
        request_approval.class_id,
        request_approval.kind,
        request_approval.section_id,
        v_tier_id,
        v_dates,
        v_weekdays
    )
    returning id into strict v_approval_id;
    perform enrollment.emit_approval('approval.requested', v_approval_id);
    return v_approval_id;
end;
$$;
alter function api.request_approval(
    bigint, bigint, text, bigint, text, date[], smallint[]
) owner to enrollment;
grant execute on function api.request_approval(
    bigint, bigint, text, bigint, text, date[], smallint[]
) to customer;
grant execute on function api.request_approval(
    bigint, bigint, text, bigint, text, date[], smallint[]
) to staff;
comment on function api.request_approval(
    bigint, bigint, text, bigint, text, date[], smallint[]
) is
$$Ask a teacher to approve a student for a class, or for an audition; answers the request's id.

For the family, and for staff with the header X-Family. kind: teacher_approval, audition.
section_id, with tier, dates or weekdays where the section has them: the seat that is wanted once
it is approved. Errors: student_not_found, class_not_found, approval_kind_unknown,
approval_not_asked, approval_exists, family_required, and those of put_cart_item for the section.$$;
