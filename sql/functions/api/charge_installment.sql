create or replace function api.charge_installment(installment_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_installment payment.installments;
begin
    perform auth.require('staff');
    v_installment := payment.staff_installment(charge_installment.installment_id);
    perform payment.refuse_open_payment(v_installment.registration_id);
    if payment.start_charges(array[v_installment.id], 'staff') = 0 then
        perform ops.fail('card_needed');
    end if;
    return payment.installment_document(v_installment.id);
end;
$$;
alter function api.charge_installment(bigint) owner to payment;
grant execute on function api.charge_installment(bigint) to staff;
comment on function api.charge_installment(bigint) is
$$Charge the stored card of a plan for one of its parts, now.

For staff, on any day and before it is due, too. Answers the part, processing: {installment_id,
registration_id, number, due_on, amount_minor, paid_minor, waived_minor, status, attempts,
next_attempt_on, last_error}, minor units; the view installments says how it went on. Errors:
installment_not_found, installment_closed, installment_processing, payment_under_way, card_needed.$$;
