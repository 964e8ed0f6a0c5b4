create or replace function api.mark_installment_paid(
    installment_id bigint,
    kind text,
    reference text default null,
    received_on date default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_installment payment.installments;
    v_payment_id bigint;
begin
    perform auth.require('staff');
    v_installment := payment.staff_installment(mark_installment_paid.installment_id);
    v_payment_id := payment.record_offline(
        v_installment.registration_id,
        mark_installment_paid.kind,
        v_installment.amount_minor - v_installment.paid_minor,
        mark_installment_paid.reference,
        coalesce(mark_installment_paid.received_on, studio.local_date(now())),
        p_installment_id => v_installment.id
    );
    return payment.installment_document(v_installment.id)
        || jsonb_build_object('offline_payment_id', v_payment_id);
end;
$$;
alter function api.mark_installment_paid(bigint, text, text, date) owner to payment;
grant execute on function api.mark_installment_paid(bigint, text, text, date) to staff;
comment on function api.mark_installment_paid(bigint, text, text, date) is
$$Record that a part of a plan was paid without a card: all of it that is open. No card is charged.

For staff. kind: cash, check, ach, transfer. reference: a check's number, which a check must have;
at most 100 characters. received_on: local day, today where it is left out. A check that the bank
sends back opens the part again (return_check). For less or more than one part: record_payment.
Answers the part as charge_installment does, with offline_payment_id. Errors: installment_not_found,
installment_closed, installment_processing, payment_invalid, received_on_invalid,
payment_under_way.$$;
