create or replace function api.return_check(
    offline_payment_id bigint,
    reason text,
    returned_on date default null,
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
    v_reason constant text := btrim(regexp_replace(return_check.reason, '\s+', ' ', 'g'));
    v_payment payment.offline_payments;
    v_returned_on date;
    v_document jsonb;
begin
    perform auth.require('staff');
    v_returned_on := coalesce(return_check.returned_on, studio.local_date(now()));
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    end if;
    select o.* into v_payment
    from payment.offline_payments as o
    where o.studio_id = auth.studio_id() and o.id = return_check.offline_payment_id;
    if not found then
        perform ops.fail('payment_not_found');
    end if;
    perform enrollment.lock_family(v_payment.family_id);
    perform enrollment.lock_registration(v_payment.registration_id);
    select o.* into strict v_payment
    from payment.offline_payments as o
    where o.studio_id = auth.studio_id() and o.id = v_payment.id
    for no key update;
    if v_payment.kind not in ('check', 'ach') or v_payment.status <> 'received' then
        perform ops.fail('payment_not_returnable');
    elsif v_payment.refunded_minor > 0 then
        perform ops.fail('payment_refunded');
    elsif v_returned_on not between v_payment.received_on and studio.local_date(now()) then
        perform ops.fail('returned_on_invalid');
    end if;
    begin
        update payment.offline_payments as o
        set status = 'returned', returned_on = v_returned_on, return_reason = v_reason
        where o.studio_id = v_payment.studio_id and o.id = v_payment.id;
        perform ops.emit(
            'payment.check_returned',
            v_payment.id,
            v_payment.family_id,
            jsonb_build_object(
                'registration_id', v_payment.registration_id,
                'installment_id', v_payment.installment_id,
                'is_in_parts', exists (
                    select
                    from payment.payment_plans as p
                    where
                        p.studio_id = v_payment.studio_id
                        and p.family_id = v_payment.family_id
                        and p.registration_id = v_payment.registration_id
                ),
                'amount_minor', v_payment.amount_minor,
                'returned_on', v_returned_on
            )
        );
        v_document := payment.offline_document(v_payment.id);
        perform ops.undo_preview(return_check.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_document
        || jsonb_build_object('preview', coalesce(return_check.preview, false));
end;
$$;
alter function api.return_check(bigint, text, date, boolean) owner to payment;
grant execute on function api.return_check(bigint, text, date, boolean) to staff;
comment on function api.return_check(bigint, text, date, boolean) is
$$Say that the bank sent a check, or a debit (ach), back: what it had paid is due again, at once.

For staff. What was confirmed by it stays confirmed, with a balance (status partial), or with the
parts open again that it had paid; staff decide what becomes of it. reason: at most 500 characters.
returned_on: local day, today where it is left out. preview: say what would become of it and change
nothing. The family is told. Answers as
record_payment. Errors: reason_required, payment_not_found, payment_not_returnable (no check, or
returned already), payment_refunded, returned_on_invalid.$$;
