create or replace function api.withdraw_adjustment(
    adjustment_id bigint, reason text
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
    := btrim(regexp_replace(withdraw_adjustment.reason, '\s+', ' ', 'g'));
    v_adjustment pricing.adjustments;
    v_count bigint;
begin
    perform auth.require('staff');
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('adjustment_invalid');
    end if;
    select a.* into v_adjustment
    from pricing.adjustments as a
    where a.studio_id = auth.studio_id() and a.id = withdraw_adjustment.adjustment_id;
    if not found then
        perform ops.fail('adjustment_not_found');
    end if;
    -- A checkout takes it under the same lock; the row is read again after it.
    perform enrollment.lock_family(v_adjustment.family_id);
    select a.* into strict v_adjustment
    from pricing.adjustments as a
    where a.studio_id = auth.studio_id() and a.id = withdraw_adjustment.adjustment_id
    for no key update;
    if v_adjustment.status = 'held' then
        perform ops.fail(
            'checkout_open',
            jsonb_build_object('registration_id', v_adjustment.registration_id)
        );
    elsif v_adjustment.status <> 'open' then
        perform ops.fail('adjustment_closed');
    end if;
    update pricing.adjustments as a
    set status = 'withdrawn', withdrawal_reason = v_reason
    where a.studio_id = auth.studio_id() and a.id = v_adjustment.id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'adjustment');
end;
$$;
alter function api.withdraw_adjustment(bigint, text) owner to pricing;
grant execute on function api.withdraw_adjustment(bigint, text) to staff;
comment on function api.withdraw_adjustment(bigint, text) is
$$Take back an adjustment that no checkout has used, with a reason of at most 500 characters.

For staff. Errors: adjustment_invalid, adjustment_not_found, adjustment_closed (used or withdrawn
before), checkout_open (held by a checkout that is not paid yet).$$;
