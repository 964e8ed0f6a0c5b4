create or replace function payment.installment_document(p_installment_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            jsonb_build_object(
                'installment_id', i.id,
                'registration_id', i.registration_id,
                'number', i.number,
                'due_on', i.due_on,
                'amount_minor', i.amount_minor,
                'paid_minor', i.paid_minor,
                'waived_minor', i.waived_minor,
                'status', i.status,
                'attempts', i.attempts,
                'next_attempt_on', i.next_attempt_on,
                'last_error', i.last_error
            )
        from payment.installments as i
        where i.studio_id = auth.studio_id() and i.id = p_installment_id
    );
end;
$$;
alter function payment.installment_document(bigint) owner to payment;
comment on function payment.installment_document(bigint) is
$$A part of a plan as those who act upon it are answered.$$;
