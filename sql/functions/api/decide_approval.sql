create or replace function api.decide_approval(
    approval_id bigint, approve boolean, reason text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := nullif(btrim(regexp_replace(decide_approval.reason, '\s+', ' ', 'g')), '');
    v_approval enrollment.approvals;
begin
    perform auth.require('staff');
    if
        decide_approval.approve is null
        or (v_reason is null and not decide_approval.approve)
        or length(v_reason) > 500
    then
        perform ops.fail('decision_invalid');
    end if;
    v_approval := enrollment.lock_approval(decide_approval.approval_id);
    if v_approval.status <> 'requested' then
        perform ops.fail('approval_closed');
    end if;
    perform enrollment.settle_approval(
        v_approval.id,
        case when decide_approval.approve then 'approved' else 'declined' end,
        v_reason
    );
end;
$$;
alter function api.decide_approval(bigint, boolean, text) owner to enrollment;
grant execute on function api.decide_approval(bigint, boolean, text) to staff;
comment on function api.decide_approval(bigint, boolean, text) is
$$Approve what a family asked for, or decline it; a reason of at most 500 characters is needed to
decline.

For staff. The student is then on the approved list, and the event approval.approved names the seat
that is wanted. Errors: decision_invalid, approval_not_found, approval_closed.$$;
