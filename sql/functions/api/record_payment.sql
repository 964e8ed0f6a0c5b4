create or replace function api.record_payment(
    registration_id bigint,
    kind text,
    amount_minor bigint,
    reference text default null,
    received_on date default null,
    balance_due_on date default null,
    installment_id bigint default null,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_today date;
    v_payment_id bigint;
    v_document jsonb;
begin
    perform auth.require('staff');
    v_today := studio.local_date(now());
    begin
        v_payment_id := payment.record_offline(
            record_payment.registration_id,
            record_payment.kind,
            record_payment.amount_minor,
            record_payment.reference,
            coalesce(record_payment.received_on, v_today),
            record_payment.balance_due_on,
            p_installment_id => record_payment.installment_id
        );
        v_document := payment.offline_document(v_payment_id);
        perform ops.undo_preview(record_payment.preview);
    exception
        when sqlstate 'UNDO0' then
            -- It is there only once it is meant.
            v_document := v_document || jsonb_build_object('offline_payment_id', null);
    end;
    return v_document
        || jsonb_build_object('preview', coalesce(record_payment.preview, false));
end;
$$;
alter function api.record_payment(bigint, text, bigint, text, date, date, bigint, boolean)
owner to payment;
grant execute on function api.record_payment(
    bigint, text, bigint, text, date, date, bigint, boolean
) to staff;
comment on function api.record_payment(bigint, text, bigint, text, date, date, bigint, boolean) is
$$Record money that came without a card; what it pays is confirmed by it.

For staff. kind: cash, check, ach, transfer. amount_minor: minor units, what is due at once of a
registration that is not paid yet, up to all of it, or at most what is still due of one that is
confirmed. Of one that is paid in parts it pays the part installment_id, and what is left, or all of
it without one, the parts that are due next. Less than is due at first only by owners, with
balance_due_on, the local day by which the rest is: the registration is then partial until later
payments make it up. reference: a check's number, which a check must have, or by which the money is
found again; at most 100 characters. received_on: local day, today where it is left out. A
registration whose hold has lapsed takes its seats again if all are free. preview: say what would
become of it and change nothing. The family is told. Answers {offline_payment_id (null in a
preview), registration_id, registration_status, amount_minor, due_minor: what is still due,
balance_due_on, preview}. Errors: payment_invalid,
received_on_invalid, registration_not_found, registration_closed, registration_expired,
payment_under_way (by card), installment_not_found, installment_closed, installment_processing,
payment_exceeds_due and payment_below_due (details: due_minor),
partial_not_allowed, balance_due_on_invalid.$$;
