create or replace function api.waive_installment(installment_id bigint, reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text := btrim(regexp_replace(waive_installment.reason, '\s+', ' ', 'g'));
    v_installment payment.installments;
    v_waived_minor bigint;
begin
    perform auth.require('manager');
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    end if;
    v_installment := payment.staff_installment(waive_installment.installment_id);
    perform payment.refuse_open_payment(v_installment.registration_id);
    v_waived_minor := v_installment.amount_minor - v_installment.paid_minor;
    update payment.installments as i
    set
        amount_minor = i.paid_minor,
        waived_minor = i.waived_minor + v_waived_minor,
        status = case when i.paid_minor > 0 then 'paid' else 'waived' end,
        paid_at = case when i.paid_minor > 0 then now() end,
        next_attempt_on = null,
        last_error = null
    where i.studio_id = v_installment.studio_id and i.id = v_installment.id;
    insert into payment.installment_changes (
        studio_id, family_id, installment_id, kind, reason, amount_minor, due_before, due_on,
        changed_by
    )
    values (
        v_installment.studio_id, v_installment.family_id, v_installment.id, 'waived', v_reason,
        v_waived_minor, v_installment.due_on, v_installment.due_on, auth.account_id()
    );
    perform payment.post_waiver(v_installment.id);
    perform ops.emit(
        'installment.waived',
        v_installment.id,
        v_installment.family_id,
        jsonb_build_object(
            'registration_id', v_installment.registration_id, 'amount_minor', v_waived_minor
        )
    );
    perform payment.follow_price(v_installment.registration_id);
    return payment.installment_document(v_installment.id);
end;
$$;
alter function api.waive_installment(bigint, text) owner to payment;
grant execute on function api.waive_installment(bigint, text) to manager;
comment on function api.waive_installment(bigint, text) is
$$Waive what is open of a part of a plan: the family need not pay it any more.

For managers, with a reason of at most 500 characters, which is kept. What was paid of it stays
paid. Answers the part as charge_installment does. Errors: reason_required, installment_not_found,
installment_closed, installment_processing, payment_under_way.$$;
