create or replace function enrollment.lock_approval(p_approval_id bigint)
returns enrollment.approvals
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_approval enrollment.approvals;
begin
    select a.* into v_approval
    from enrollment.approvals as a
    where
        a.studio_id = auth.studio_id()
        and a.family_id = coalesce(auth.family_id(), a.family_id)
        and a.id = p_approval_id;
    if not found then
        perform ops.fail('approval_not_found');
    end if;
    perform enrollment.lock_family(v_approval.family_id);
    select a.* into strict v_approval
    from enrollment.approvals as a
    where a.studio_id = auth.studio_id() and a.id = p_approval_id
    for no key update;
    return v_approval;
end;
$$;
alter function enrollment.lock_approval(bigint) owner to enrollment;
comment on function enrollment.lock_approval(bigint) is
$$Lock a request for an approval, after its family, and read it; raises approval_not_found.$$;
