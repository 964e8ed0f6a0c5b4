create or replace function enrollment.settle_approval(
    p_approval_id bigint, p_status text, p_reason text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
begin
    update enrollment.approvals as a
    set
        status = p_status,
        decided_by = auth.account_id(),
        decided_at = now(),
        reason = coalesce(p_reason, a.reason)
    where a.studio_id = auth.studio_id() and a.id = p_approval_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'approval');
    perform enrollment.emit_approval('approval.' || p_status, p_approval_id);
end;
$$;
alter function enrollment.settle_approval(bigint, text, text) owner to enrollment;
comment on function enrollment.settle_approval(bigint, text, text) is
$$Say what becomes of a request (approved, declined, withdrawn), by whom and why; announce it.$$;
