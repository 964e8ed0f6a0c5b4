create or replace function api.withdraw_approval(approval_id bigint, reason text default null)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := nullif(btrim(regexp_replace(withdraw_approval.reason, '\s+', ' ', 'g')), '');
    v_is_staff boolean;
    v_approval enrollment.approvals;
begin
    perform auth.require('customer', 'staff');
    v_is_staff := pg_has_role(auth.acting_role(), 'staff', 'member');
    if not v_is_staff then
        perform auth.require_family();
    end if;
    if length(v_reason) > 500 or (v_is_staff and v_reason is null) then
        perform ops.fail('decision_invalid');
    end if;
    v_approval := enrollment.lock_approval(withdraw_approval.approval_id);
    if
        v_approval.status not in ('requested', 'approved')
        -- A family takes back its wish; what a teacher has decided stays.
        or (not v_is_staff and v_approval.status = 'approved')
    then
        perform ops.fail('approval_closed');
    end if;
    perform enrollment.settle_approval(v_approval.id, 'withdrawn', v_reason);
end;
$$;
alter function api.withdraw_approval(bigint, text) owner to enrollment;
grant execute on function api.withdraw_approval(bigint, text) to customer;
grant execute on function api.withdraw_approval(bigint, text) to staff;
comment on function api.withdraw_approval(bigint, text) is
$$Take back a request for an approval; staff may also take a student off the approved list.

For the family (requests), and for staff, with a reason of at most 500 characters. Errors:
decision_invalid, approval_not_found, approval_closed, family_required.$$;
