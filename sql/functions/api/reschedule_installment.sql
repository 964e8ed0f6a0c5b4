create or replace function api.reschedule_installment(
    installment_id bigint, due_on date, reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := btrim(regexp_replace(reschedule_installment.reason, '\s+', ' ', 'g'));
    v_today date;
    v_installment payment.installments;
begin
    perform auth.require('staff');
    v_today := studio.local_date(now());
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    elsif coalesce(
        reschedule_installment.due_on not between v_today and v_today + 730, true
    ) then
        perform ops.fail(
            'effective_on_invalid',
            jsonb_build_object('first', v_today, 'last', v_today + 730)
        );
    end if;
    v_installment := payment.staff_installment(reschedule_installment.installment_id);
    update payment.installments as i
    set
        due_on = reschedule_installment.due_on,
        status = 'scheduled',
        attempts = 0,
        next_attempt_on = null,
        last_error = null,
        reported_on = null
    where i.studio_id = v_installment.studio_id and i.id = v_installment.id;
    insert into payment.installment_changes (
        studio_id, family_id, installment_id, kind, reason, amount_minor, due_before, due_on,
        changed_by
    )
    values (
        v_installment.studio_id, v_installment.family_id, v_installment.id, 'rescheduled', v_reason,
        0, v_installment.due_on, reschedule_installment.due_on, auth.account_id()
    );
    perform ops.emit(
        'installment.rescheduled',
        v_installment.id,
        v_installment.family_id,
        jsonb_build_object(
            'registration_id', v_installment.registration_id,
            'due_before', v_installment.due_on,
            'due_on', reschedule_installment.due_on
        )
    );
    return payment.installment_document(v_installment.id);
end;
$$;
alter function api.reschedule_installment(bigint, date, text) owner to payment;
grant execute on function api.reschedule_installment(bigint, date, text) to staff;
comment on function api.reschedule_installment(bigint, date, text) is
$$Let a part of a plan be due on another day, from today on; its tries begin anew.

For staff, with a reason of at most 500 characters, which is kept. due_on: local date, at most two
years ahead. Answers the part as charge_installment does. Errors: reason_required,
effective_on_invalid, installment_not_found, installment_closed, installment_processing.$$;
