create or replace function api.withdraw_waiver(waiver_id bigint, reason text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text := btrim(regexp_replace(withdraw_waiver.reason, '\s+', ' ', 'g'));
    v_waiver enrollment.waivers;
    v_count bigint;
begin
    perform auth.require('staff');
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('waiver_reason_required');
    end if;
    select w.* into v_waiver
    from enrollment.waivers as w
    where
        w.studio_id = auth.studio_id()
        and w.family_id = coalesce(auth.family_id(), w.family_id)
        and w.id = withdraw_waiver.waiver_id;
    if not found then
        perform ops.fail('waiver_not_found');
    end if;
    -- A checkout that goes by it comes first or finds it gone.
    perform enrollment.lock_family(v_waiver.family_id);
    update enrollment.waivers as w
    set withdrawn_at = now(), withdrawal_reason = v_reason
    where
        w.studio_id = auth.studio_id()
        and w.id = withdraw_waiver.waiver_id
        and w.withdrawn_at is null;
    get diagnostics v_count = row_count;
    if v_count = 0 then
        perform ops.fail('waiver_closed');
    end if;
    perform ops.emit(
        'waiver.withdrawn',
        v_waiver.id,
        v_waiver.family_id,
        jsonb_build_object('student_id', v_waiver.student_id, 'kind', v_waiver.kind)
    );
end;
$$;
alter function api.withdraw_waiver(bigint, text) owner to enrollment;
grant execute on function api.withdraw_waiver(bigint, text) to staff;
comment on function api.withdraw_waiver(bigint, text) is
$$Take back a waiver, with a reason of at most 500 characters; what was checked out by it stays.

For staff. Errors: waiver_reason_required, waiver_not_found, waiver_closed.$$;
